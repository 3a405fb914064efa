// System calls and constants that Swift's C library modules do not show.
#ifndef CARTOUCHE_CSYSTEM_SHIM_H
#define CARTOUCHE_CSYSTEM_SHIM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#endif
