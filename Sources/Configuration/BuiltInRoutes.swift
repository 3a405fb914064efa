/// The text of `config/routes.yaml`, compiled into the program.
package enum BuiltInRoutes {
    /// The name under which problems and rules of the built-in table are shown.
    package static let fileName = "built-in routes.yaml"

    package static var text: [UInt8] { PackageResources.routes_yaml }
}
