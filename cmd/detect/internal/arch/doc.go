// Package arch holds no code, only tests of how the module is built: which package may import which, where C may be, and that the
// compiler fuses no multiplication with an addition where results must not depend on the machine.
package arch
