enum RewritingPlaceholder {}
