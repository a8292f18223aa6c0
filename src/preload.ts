/**
 * Evaluated before any other file. From the moment its module `tls` is loaded, Node reads its root certificates on another
 * thread (lib/tls.js), while this one goes on: to load it only for the request costs 1 ms. Over http, which only loopback
 * may use, it would be for nothing.
 */

if (!process.env['INPUT_BASE-URL']?.startsWith('http:')) process.getBuiltinModule('node:tls')
