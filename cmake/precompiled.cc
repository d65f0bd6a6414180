// A library needs a file; this one carries the precompiled headers.
