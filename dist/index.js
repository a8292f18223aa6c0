/******/ (() => { // webpackBootstrap
/******/ 	"use strict";
/******/ 	var __webpack_modules__ = ({});
/************************************************************************/
/******/ 	// The module cache
/******/ 	var __webpack_module_cache__ = {};
/******/ 	
/******/ 	// The require function
/******/ 	function __nccwpck_require__(moduleId) {
/******/ 		// Check if module is in cache
/******/ 		var cachedModule = __webpack_module_cache__[moduleId];
/******/ 		if (cachedModule !== undefined) {
/******/ 			return cachedModule.exports;
/******/ 		}
/******/ 		// Create a new module (and put it into the cache)
/******/ 		var module = __webpack_module_cache__[moduleId] = {
/******/ 			// no module.id needed
/******/ 			// no module.loaded needed
/******/ 			exports: {}
/******/ 		};
/******/ 	
/******/ 		// Execute the module function
/******/ 		var threw = true;
/******/ 		try {
/******/ 			__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 			threw = false;
/******/ 		} finally {
/******/ 			if(threw) delete __webpack_module_cache__[moduleId];
/******/ 		}
/******/ 	
/******/ 		// Return the exports of the module
/******/ 		return module.exports;
/******/ 	}
/******/ 	
/************************************************************************/
/******/ 	/* webpack/runtime/asset-relocator-loader */
/******/ 	if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = __dirname + "/";
/******/ 	
/******/ 	/* webpack/runtime/compat get default export */
/******/ 	(() => {
/******/ 		// getDefaultExport function for compatibility with non-harmony modules
/******/ 		__nccwpck_require__.n = (module) => {
/******/ 			var getter = module && module.__esModule ?
/******/ 				() => (module['default']) :
/******/ 				() => (module);
/******/ 			__nccwpck_require__.d(getter, { a: getter });
/******/ 			return getter;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/create fake namespace object */
/******/ 	(() => {
/******/ 		var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 		var leafPrototypes;
/******/ 		// create a fake namespace object
/******/ 		// mode & 1: value is a module id, require it
/******/ 		// mode & 2: merge all properties of value into the ns
/******/ 		// mode & 4: return value when already ns object
/******/ 		// mode & 16: return value when it's Promise-like
/******/ 		// mode & 8|1: behave like require
/******/ 		__nccwpck_require__.t = function(value, mode) {
/******/ 			if(mode & 1) value = this(value);
/******/ 			if(mode & 8) return value;
/******/ 			if(typeof value === 'object' && value) {
/******/ 				if((mode & 4) && value.__esModule) return value;
/******/ 				if((mode & 16) && typeof value.then === 'function') return value;
/******/ 			}
/******/ 			var ns = Object.create(null);
/******/ 			__nccwpck_require__.r(ns);
/******/ 			var def = {};
/******/ 			leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 			for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 				Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 			}
/******/ 			def['default'] = () => (value);
/******/ 			__nccwpck_require__.d(ns, def);
/******/ 			return ns;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/define property getters */
/******/ 	(() => {
/******/ 		// define getter functions for harmony exports
/******/ 		__nccwpck_require__.d = (exports, definition) => {
/******/ 			for(var key in definition) {
/******/ 				if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 					Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 				}
/******/ 			}
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/hasOwnProperty shorthand */
/******/ 	(() => {
/******/ 		__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/make namespace object */
/******/ 	(() => {
/******/ 		// define __esModule on exports
/******/ 		__nccwpck_require__.r = (exports) => {
/******/ 			if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 				Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 			}
/******/ 			Object.defineProperty(exports, '__esModule', { value: true });
/******/ 		};
/******/ 	})();
/******/ 	
/************************************************************************/
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = require("node:fs");
;// CONCATENATED MODULE: ./lib/address.js
const products = { 'base-url': 'ItsYou.online', 'ovc-url': 'OpenvCloud', 'ays-url': 'AYS' };
const builtInKeys = {
    'https://itsyou.online': `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAES5X8XrfKdx9gYayFITc89wad4usrk0n2
7MjiGYvqalizeSWTHEpnd7oea9IQ8T5oJjMVH5cc0H5tFSKilFFeh//wngxIyny6
6+Vq5t5B0V0Ehy01+2ceEon2Y0XDkIKv
-----END PUBLIC KEY-----`,
    'https://staging.itsyou.online': `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEkmd07vxBqoCiHsaplIpjlonDeOnpvPam
ORMdBcAlHNXbzwplcdK4qlZGPBz9mxDSrBOv9SZH+Et6r8gn9Fx/+ZjlvRwowqOU
FpCIijAEx6A3BhfRUbmwl1evBKzWB/qw
-----END PUBLIC KEY-----`,
};
function builtInKey(url) {
    const { protocol, hostname, port } = new URL(url);
    return builtInKeys[`${protocol}//${hostname.replace(/\.$/, '')}${port && `:${port}`}`];
}
function isLoopback(hostname) {
    return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

;// CONCATENATED MODULE: ./lib/shown.js
const invisible = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800]';
function hasInvisible(text) {
    return !/^[ -~]*$/.test(text) && new RegExp(invisible, 'u').test(text);
}
function isPrintable(text) {
    return !hasInvisible(text) && !text.includes('##[');
}
const punctuation = "\\-_.'\u2019\u00b7@+ ";
function isName(text) {
    return isPlain(text, '', 150);
}
function isScopeName(text) {
    return isPlain(text, ':', 164);
}
function isAudienceName(text) {
    return isPlain(text, ':/', 150);
}
function isPlain(text, more, longest) {
    const isAllowed = new RegExp(`^[A-Za-z0-9${punctuation}${more}]+$`).test(text) ||
        new RegExp(`^(?!\\p{M})(?!.*\\p{M}{5})(?:(?!\\p{Default_Ignorable_Code_Point})(?![\\u2D7F\\u{10000}-\\u{10FFFF}])[\\p{L}\\p{M}\\p{Nd}]|(?=[\\u{20000}-\\u{3FFFF}])\\p{Script=Han}|[${punctuation}${more}])+$`, 'u').test(text);
    return isAllowed && !/^ | $/.test(text) && [...text].length <= longest;
}
function shownName(text) {
    return text.includes(' ') ? `"${text}"` : text;
}
function listInQuotes(names) {
    return shortList(names.map(name => `"${name}"`));
}
function shortList(parts) {
    const more = parts.length - 6;
    return parts.slice(0, 6).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
function quoteOrDescribe(value, verb = 'is') {
    return value.length <= 80 && isPrintable(value)
        ? `${verb} "${value}", which is not valid`
        : 'is too long or contains invalid characters';
}
function escapeHtml(text) {
    return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
function sharesText(text, secrets) {
    const plain = (value) => value.toLowerCase().replace(/[^a-z0-9]/g, '');
    const haystack = plain(text);
    return secrets.map(plain).some(secret => {
        const length = Math.min(8, secret.length);
        const parts = Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length));
        return length > 0 && parts.some(part => haystack.includes(part));
    });
}

;// CONCATENATED MODULE: ./lib/errors/sentences.js


const wrongInput = (input, found, remedy) => `"${input}" ${found}: ${remedy}`;
const inAttempts = (attempts) => (attempts === 1 ? '1 attempt' : `${attempts} attempts`);
const sentences = {
    ERR_INPUT_MISSPELT: (wrong, right) => `"${wrong}" is not an input of this action: write "${right}".`,
    ERR_INPUT_EMPTY: (empty, remedy) => `${empty}: ${remedy}`,
    ERR_SECRETS_FORK: (empty) => `${empty}: this is a pull request from a fork, and such runs usually do not get secrets. Skip this job for forks, or run it after the merge.`,
    ERR_SECRETS_DEPENDABOT: (empty) => `${empty}: Dependabot started this run, and such runs do not get the repository's Actions secrets. Add the secret under "Secrets and variables", "Dependabot", or skip this job for Dependabot.`,
    ERR_CREDENTIALS_INVALID: wrongInput,
    ERR_SCOPE_INVALID: wrongInput,
    ERR_SCOPE_UNSAFE: (found) => `"scope" ${found}. Anyone who reads that JWT can renew it again and again, even after the key is deleted: write "user:name,offline_access", or "organization:owner:ays,offline_access" for an organization's key.`,
    ERR_AUDIENCE_INVALID: wrongInput,
    ERR_DURATION_INVALID: wrongInput,
    ERR_ADDRESS_INVALID: wrongInput,
    ERR_ENV_VAR_INVALID: wrongInput,
    ERR_INPUT_INVALID: wrongInput,
    ERR_INPUT_CONFLICT: wrongInput,
    ERR_PUBLIC_KEY_MISSING: (url) => `"public-key" is empty, and the key of ${url} is not built in: set "public-key" to that server's public key (PEM), which its operator has. For the public server, set "base-url" to https://itsyou.online.`,
    ERR_PUBLIC_KEY_INVALID: () => '"public-key" is not a P-384 public key (SPKI, PEM): give the server\'s PEM text and nothing else, from "-----BEGIN PUBLIC KEY-----" to "-----END PUBLIC KEY-----".',
    ERR_PRIVATE_KEY: () => '"public-key" contains a private key: replace that key on the server, and give its public key here.',
    ERR_PUBLIC_KEY_CONFLICT: (url) => `"public-key" is not the key of ${url}, the server in "base-url": set "base-url" to the address of the server that has this key, or remove "public-key".`,
    ERR_JWT_INPUT: (found) => `"jwt" ${found}: give the whole JWT as its server issued it, and that server's "base-url" and "public-key". If that server's key was changed, get a new JWT.`,
    ERR_NOT_REFRESHABLE: () => '"jwt" contains a JWT without a refresh token, which no server renews: request it with offline_access added to its "scope", or use "app-id" and "secret" here.',
    ERR_TLS_OFF: () => 'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS verification: remove it. For a private CA, set NODE_EXTRA_CA_CERTS to its PEM file in the step\'s "env:".',
    ERR_NODE_VERSION: (oldest, version) => `This action needs Node ${oldest} or newer and was started with ${version}: use a job image or a runner with a newer Node. GitHub's own runner has Node 24.`,
    ERR_RUNNER_FILES: (variable) => `${variable} does not name a regular file, so nothing was set: ${variable === 'GITHUB_STEP_SUMMARY'
        ? 'leave "summary" out.'
        : 'run this action in a runner that supports environment files (GitHub, or a recent Gitea, Forgejo or act).'}`,
    ERR_RUNNER_FILES_DENIED: (variable, code) => `The file in ${variable} cannot be written (${code}): ${code === 'EACCES'
        ? 'usually, the job\'s container runs as a different user from the runner. Set "options: --user root" for the container, or the runner\'s user id.'
        : 'the file or its file system is read-only. Check the runner.'}`,
    ERR_OUTPUTS_INCOMPLETE: (code) => `Could not finish writing the outputs (${code}), so later steps may get only some of them: check whether the runner's disk is full, and run the job again.`,
    ERR_CANCELLED: (signal) => `The step was cancelled (${signal}) before a JWT was set: run the job again. If no one cancelled it, check "timeout-minutes", "concurrency", "fail-fast" of the matrix, and whether the runner was shut down.`,
    ERR_UNEXPECTED: (kind) => `Unexpected error (${kind}). No JWT was set: please report it with the version of the action and this line.`,
    ERR_HOST_NOT_FOUND: ({ name, input }) => `The host name of ${name} was not found (ENOTFOUND): check "${input}" for a typing error, and whether this runner's DNS knows the name.`,
    ERR_DNS: ({ name }, cause) => `This runner's DNS could not look up the host name of ${name} (${cause}): check the runner's network and DNS settings, or raise "timeout".`,
    ERR_CONNECTION: ({ name, input }, cause) => `The connection to ${name} failed (${cause}): check "${input}", that the server is up, and that no firewall or proxy closes the connection.`,
    ERR_TIMEOUT: ({ name }, seconds, attempts, isLate) => `${name} did not send a whole answer in time (${seconds} s, ${inAttempts(attempts)}): ${isLate
        ? 'the requests before used most of "timeout". Raise "timeout".'
        : 'check that it is up and that this runner can reach it (firewall, private network), or raise "timeout".'}`,
    ERR_WAIT_TOO_LONG: ({ name }, status, wait, left, fits) => `${name} asks clients to wait ${wait} s (status ${status}), but "timeout" leaves ${left} s: run the job again later${fits ? ', or raise "timeout"' : ''}.`,
    ERR_RATE_LIMIT: ({ name }, attempts) => `${name} limits the number of requests (status 429 after ${inAttempts(attempts)}): raise "timeout", or start fewer jobs at the same time.`,
    ERR_UNAVAILABLE: ({ name, input }, status, attempts) => `${name} is unavailable (status ${status} after ${inAttempts(attempts)}): run the job again later, or raise "retries" and "timeout". If this continues, check "${input}"${input === 'base-url' ? ', or ask the operator' : ', or leave it empty to skip this check'}.`,
    ERR_PROXY_INVALID: (variable, found, remedy) => `${variable} ${found}: ${remedy}`,
    ERR_PROXY_FAILED: (variable, cause) => `The connection to the proxy in ${variable} failed (${cause}): check its address and that it is an http proxy, or name the server in no_proxy.`,
    ERR_PROXY_REFUSED: (variable, url, status, remedy) => `The proxy in ${variable} did not connect to ${url} (status ${status}): ${remedy}`,
    ERR_PROXY_SILENT: (variable, url, seconds, attempts) => `The proxy in ${variable} did not answer the request to connect to ${url} (${seconds} s, ${inAttempts(attempts)}): check that it is up, that it is an http proxy, and that it can reach the server, or name the server in no_proxy.`,
    ERR_CERTIFICATE_UNTRUSTED: ({ name }, cause) => `The certificate of ${name} was not issued by a CA that this runner trusts (${cause}): for a private CA or TLS-inspecting proxy, set NODE_EXTRA_CA_CERTS to the CA's PEM file. Otherwise, the server may omit intermediate certificates: tell its operator.`,
    ERR_CERTIFICATE_EXTRA_CA: ({ name }, cause) => `The certificate of ${name} was not issued by a CA that this runner trusts (${cause}), although NODE_EXTRA_CA_CERTS is set: check that file (path, PEM format, the CA of this server), and that the server sends its intermediate certificates.`,
    ERR_CERTIFICATE_EXPIRED: ({ name }, cause) => `The certificate of ${name}, or of its CA, has expired or is not yet valid (${cause}): check the runner's clock, and ask the operator to renew the certificate.`,
    ERR_CERTIFICATE_HOST: ({ name, input }, cause) => `The certificate of ${name} is for another host name (${cause}): check the host name in "${input}", and that DNS leads to your server. If both are right, ask the operator for a certificate with this name.`,
    ERR_CERTIFICATE_INVALID: ({ name }, cause) => `The certificate of ${name}, or of its CA, cannot be accepted (${cause}): ask the operator to replace it.`,
    ERR_CLIENT_CERTIFICATE: ({ name, input }, cause) => `${name} requires a client certificate (${cause}), which this action does not support: set "${input}" to an address that does not require one.`,
    ERR_TLS: ({ name }, cause, remedy) => `${name} and this runner could not agree on TLS (${cause}): ${remedy}`,
    ERR_PROTOCOL: ({ name, input }, cause) => cause === 'HPE_HEADER_OVERFLOW'
        ? `${name} sent an answer with more than 16 kB of headers (${cause}): ask the operator of the server, or of the proxy in front of it, to send fewer.`
        : `${name} sent an answer that is not valid HTTP (${cause}): check the scheme and the port in "${input}", and what is between the runner and the server.`,
    ERR_COMPRESSED: ({ name }, encoding) => `${name} answered with ${encoding} encoding, although the request asks for none: ask the operator of the server, or of the proxy in front of it, to send this answer uncompressed.`,
    ERR_UNEXPECTED_STATUS: ({ name, input }, status) => `${name} answered with status ${status}, but not as ${products[input]} does: a gateway, a proxy or another program answered. Check "${input}" (https or http, host, port). If it is right, ask the operator of the gateway or proxy.`,
    ERR_CREDENTIALS_REJECTED: ({ name }, reason) => `${name} rejected the credentials (400): ${reason}`,
    ERR_SCOPE_REFUSED: ({ name }, scopes, reason) => `${name} refused the requested ${scopes.length > 1 ? 'scopes' : 'scope'} ${listInQuotes(scopes)} (401): ${reason}`,
    ERR_RENEWAL_REFUSED: ({ name }) => `${name} did not renew the JWT in "jwt" (401): its refresh token was removed or not used for 30 days, the server's key was changed, "base-url" is another server, or a proxy refused or removed the JWT. Get a new JWT with "app-id" and "secret".`,
    ERR_NOT_FOUND: ({ name }) => `${name} has no ItsYou.online token endpoint (404): set "base-url" to the address of the ItsYou.online server, without /v1/oauth. An address of OpenvCloud or AYS belongs in "ovc-url" or "ays-url". If "base-url" is right, ask the operator.`,
    ERR_REDIRECT: ({ name }, remedy) => `${name} answered with a redirect, which is not followed, because the request contains a credential: ${remedy}`,
    ERR_NOT_A_JWT: ({ name }, found) => `${name} answered with ${found} instead of a JWT: check that "base-url" is an ItsYou.online server, and that no login or maintenance page is in front of it.`,
    ERR_JWT_INVALID: ({ name }, found, remedy = "tell the server's operator.") => `The JWT from ${name} ${found}. No JWT was set: ${remedy}`,
    ERR_JWT_EXPIRED: ({ name }, seconds) => `The new JWT from ${name} expired ${seconds} s ago by the runner's clock. No JWT was set: the runner's clock is ahead of the server's, the step took longer than "validity", or a cache answered. Correct the clock or "validity", or ask the operator.`,
    ERR_SCOPE_NOT_GRANTED: (missing, requested, granted, reason) => `The ${missing.length > 1 ? 'scopes' : 'scope'} ${listInQuotes(missing)} ${missing.length > 1 ? 'were' : 'was'} not granted (requested: ${listInQuotes(requested)}; granted: ${granted.length ? listInQuotes(granted) : 'none'}): ${reason}`,
    ERR_MORE_THAN_REQUESTED: (input, extra, remedy) => `The JWT has the ${input} ${listInQuotes(extra)}, which "${input}" does not request. No JWT was set: ${remedy}`,
    ERR_OVC_NEEDS_USER: () => 'OpenvCloud does not accept the JWT of an organization\'s API key. No JWT was set: use the API key of a user in "app-id" and "secret", or leave "ovc-url" empty.',
    ERR_OVC_AUDIENCE: (audiences) => `OpenvCloud does not accept a JWT with an audience, and this one has ${listInQuotes(audiences)}. No JWT was set: get a JWT without an audience, or leave "ovc-url" empty.`,
    ERR_OVC_REFUSED: ({ name }, identityServer) => `OpenvCloud at ${name} refused the JWT (401). No JWT was set: the JWT has expired by the clock of OpenvCloud, OpenvCloud trusts another ItsYou.online than ${identityServer}, or a proxy in front of it refused or removed the JWT. Ask its operator.`,
    ERR_NOT_OPENVCLOUD: ({ name }, found) => `${name} did not answer as OpenvCloud does (${found}): check that "ovc-url" is the address of its portal, such as https://my-location.example, and that no login or maintenance page is in front of it.`,
    ERR_AYS_REFUSED: ({ name }, reason) => `AYS at ${name} refused the JWT (401). No JWT was set: ${reason}`,
    ERR_NOT_AYS: ({ name }, found) => `${name} did not answer as AYS does (${found}): check that "ays-url" is its address with its prefix, such as https://ays.example/api, and that no login or maintenance page is in front of it.`,
};

;// CONCATENATED MODULE: ./lib/errors/error.js

class ActionError extends Error {
    code;
    constructor(...[code, ...facts]) {
        const sentence = sentences[code];
        super(`${sentence(...facts)} [${code}]`);
        this.name = 'ActionError';
        this.code = code;
    }
}

;// CONCATENATED MODULE: ./lib/runner/node-version.js


const oldest = [20, 18];
function tooOld(version) {
    const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
    if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1]))
        return undefined;
    return new ActionError('ERR_NODE_VERSION', oldest.join('.'), version);
}
const error = tooOld(process.version);
if (error) {
    (0,external_node_fs_namespaceObject.writeSync)(1, `::error::${error.message}\n`);
    process.exit(1);
}

;// CONCATENATED MODULE: external "node:timers/promises"
const promises_namespaceObject = require("node:timers/promises");
;// CONCATENATED MODULE: external "os"
const external_os_namespaceObject = require("os");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function utils_toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function utils_toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function command_issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_namespaceObject.EOL);
}
function command_issue(name, message = '') {
    command_issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return utils_toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return utils_toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = require("crypto");
;// CONCATENATED MODULE: external "fs"
const external_fs_namespaceObject = require("fs");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function file_command_issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_namespaceObject.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_namespaceObject.appendFileSync(filePath, `${utils_toCommandValue(message)}${external_os_namespaceObject.EOL}`, {
        encoding: 'utf8'
    });
}
function file_command_prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
    const convertedValue = utils_toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${external_os_namespaceObject.EOL}${convertedValue}${external_os_namespaceObject.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = require("path");
;// CONCATENATED MODULE: external "http"
const external_http_namespaceObject = require("http");
var external_http_namespaceObject_0 = /*#__PURE__*/__nccwpck_require__.t(external_http_namespaceObject, 2);
;// CONCATENATED MODULE: external "https"
const external_https_namespaceObject = require("https");
var external_https_namespaceObject_0 = /*#__PURE__*/__nccwpck_require__.t(external_https_namespaceObject, 2);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/proxy.js
function getProxyUrl(reqUrl) {
    const usingSsl = reqUrl.protocol === 'https:';
    if (checkBypass(reqUrl)) {
        return undefined;
    }
    const proxyVar = (() => {
        if (usingSsl) {
            return process.env['https_proxy'] || process.env['HTTPS_PROXY'];
        }
        else {
            return process.env['http_proxy'] || process.env['HTTP_PROXY'];
        }
    })();
    if (proxyVar) {
        try {
            return new DecodedURL(proxyVar);
        }
        catch (_a) {
            if (!proxyVar.startsWith('http://') && !proxyVar.startsWith('https://'))
                return new DecodedURL(`http://${proxyVar}`);
        }
    }
    else {
        return undefined;
    }
}
function checkBypass(reqUrl) {
    if (!reqUrl.hostname) {
        return false;
    }
    const reqHost = reqUrl.hostname;
    if (isLoopbackAddress(reqHost)) {
        return true;
    }
    const noProxy = process.env['no_proxy'] || process.env['NO_PROXY'] || '';
    if (!noProxy) {
        return false;
    }
    // Determine the request port
    let reqPort;
    if (reqUrl.port) {
        reqPort = Number(reqUrl.port);
    }
    else if (reqUrl.protocol === 'http:') {
        reqPort = 80;
    }
    else if (reqUrl.protocol === 'https:') {
        reqPort = 443;
    }
    // Format the request hostname and hostname with port
    const upperReqHosts = [reqUrl.hostname.toUpperCase()];
    if (typeof reqPort === 'number') {
        upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
    }
    // Compare request host against noproxy
    for (const upperNoProxyItem of noProxy
        .split(',')
        .map(x => x.trim().toUpperCase())
        .filter(x => x)) {
        if (upperNoProxyItem === '*' ||
            upperReqHosts.some(x => x === upperNoProxyItem ||
                x.endsWith(`.${upperNoProxyItem}`) ||
                (upperNoProxyItem.startsWith('.') &&
                    x.endsWith(`${upperNoProxyItem}`)))) {
            return true;
        }
    }
    return false;
}
function isLoopbackAddress(host) {
    const hostLower = host.toLowerCase();
    return (hostLower === 'localhost' ||
        hostLower.startsWith('127.') ||
        hostLower.startsWith('[::1]') ||
        hostLower.startsWith('[0:0:0:0:0:0:0:1]'));
}
class DecodedURL extends URL {
    constructor(url, base) {
        super(url, base);
        this._decodedUsername = decodeURIComponent(super.username);
        this._decodedPassword = decodeURIComponent(super.password);
    }
    get username() {
        return this._decodedUsername;
    }
    get password() {
        return this._decodedPassword;
    }
}
//# sourceMappingURL=proxy.js.map
;// CONCATENATED MODULE: ./stubs/tunnel/index.js
// Why this package exists: `@actions/http-client` uses tunnel to reach a server through a proxy. This action has an agent
// of its own for that, src/http/tunnel.ts, because tunnel cannot reach an IPv6 server, gives every fault of a proxy the
// code of a lost connection, and cannot be closed. The real package would be 8 kB that never run. package.json names this
// folder as `tunnel`, and npm uses it for http-client too.
//
// http-client makes this agent before ours takes its place. If ours ever does not, the run ends with this sentence.
class LeftOut {
  addRequest() {
    throw new Error('tunnel is left out of this bundle (see stubs/tunnel/index.js)')
  }
}
const leftOut = () => new LeftOut()



;// CONCATENATED MODULE: ./stubs/undici/index.js
// Why this package exists: `@actions/http-client` imports `ProxyAgent` from undici at the top of its only file, and uses
// it in one method, `getAgentDispatcher`, which gives `fetch` a proxy. This action never calls `fetch`: its requests go
// through `node:https`, and proxies through `src/http/tunnel.ts`. The real undici would add 0.94 MB to a bundle that people review,
// and 25 ms to the start of every run. package.json names this folder as `undici`, and npm uses it for http-client too.
//
// If a later http-client calls this after all, the run ends with this sentence, not with a silent direct connection.
class ProxyAgent {
  constructor() {
    throw new Error('undici is left out of this bundle (see stubs/undici/index.js): no proxy for fetch here')
  }
}

;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/index.js
/* eslint-disable @typescript-eslint/no-explicit-any */
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};





var HttpCodes;
(function (HttpCodes) {
    HttpCodes[HttpCodes["OK"] = 200] = "OK";
    HttpCodes[HttpCodes["MultipleChoices"] = 300] = "MultipleChoices";
    HttpCodes[HttpCodes["MovedPermanently"] = 301] = "MovedPermanently";
    HttpCodes[HttpCodes["ResourceMoved"] = 302] = "ResourceMoved";
    HttpCodes[HttpCodes["SeeOther"] = 303] = "SeeOther";
    HttpCodes[HttpCodes["NotModified"] = 304] = "NotModified";
    HttpCodes[HttpCodes["UseProxy"] = 305] = "UseProxy";
    HttpCodes[HttpCodes["SwitchProxy"] = 306] = "SwitchProxy";
    HttpCodes[HttpCodes["TemporaryRedirect"] = 307] = "TemporaryRedirect";
    HttpCodes[HttpCodes["PermanentRedirect"] = 308] = "PermanentRedirect";
    HttpCodes[HttpCodes["BadRequest"] = 400] = "BadRequest";
    HttpCodes[HttpCodes["Unauthorized"] = 401] = "Unauthorized";
    HttpCodes[HttpCodes["PaymentRequired"] = 402] = "PaymentRequired";
    HttpCodes[HttpCodes["Forbidden"] = 403] = "Forbidden";
    HttpCodes[HttpCodes["NotFound"] = 404] = "NotFound";
    HttpCodes[HttpCodes["MethodNotAllowed"] = 405] = "MethodNotAllowed";
    HttpCodes[HttpCodes["NotAcceptable"] = 406] = "NotAcceptable";
    HttpCodes[HttpCodes["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
    HttpCodes[HttpCodes["RequestTimeout"] = 408] = "RequestTimeout";
    HttpCodes[HttpCodes["Conflict"] = 409] = "Conflict";
    HttpCodes[HttpCodes["Gone"] = 410] = "Gone";
    HttpCodes[HttpCodes["TooManyRequests"] = 429] = "TooManyRequests";
    HttpCodes[HttpCodes["InternalServerError"] = 500] = "InternalServerError";
    HttpCodes[HttpCodes["NotImplemented"] = 501] = "NotImplemented";
    HttpCodes[HttpCodes["BadGateway"] = 502] = "BadGateway";
    HttpCodes[HttpCodes["ServiceUnavailable"] = 503] = "ServiceUnavailable";
    HttpCodes[HttpCodes["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function (Headers) {
    Headers["Accept"] = "accept";
    Headers["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function (MediaTypes) {
    MediaTypes["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
/**
 * Returns the proxy URL, depending upon the supplied url and proxy environment variables.
 * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
 */
function lib_getProxyUrl(serverUrl) {
    const proxyUrl = pm.getProxyUrl(new URL(serverUrl));
    return proxyUrl ? proxyUrl.href : '';
}
const HttpRedirectCodes = [
    HttpCodes.MovedPermanently,
    HttpCodes.ResourceMoved,
    HttpCodes.SeeOther,
    HttpCodes.TemporaryRedirect,
    HttpCodes.PermanentRedirect
];
const HttpResponseRetryCodes = [
    HttpCodes.BadGateway,
    HttpCodes.ServiceUnavailable,
    HttpCodes.GatewayTimeout
];
const RetryableHttpVerbs = ['OPTIONS', 'GET', 'DELETE', 'HEAD'];
const ExponentialBackoffCeiling = 10;
const ExponentialBackoffTimeSlice = 5;
class HttpClientError extends Error {
    constructor(message, statusCode) {
        super(message);
        this.name = 'HttpClientError';
        this.statusCode = statusCode;
        Object.setPrototypeOf(this, HttpClientError.prototype);
    }
}
class HttpClientResponse {
    constructor(message) {
        this.message = message;
    }
    readBody() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                let output = Buffer.alloc(0);
                this.message.on('data', (chunk) => {
                    output = Buffer.concat([output, chunk]);
                });
                this.message.on('end', () => {
                    resolve(output.toString());
                });
            }));
        });
    }
    readBodyBuffer() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                const chunks = [];
                this.message.on('data', (chunk) => {
                    chunks.push(chunk);
                });
                this.message.on('end', () => {
                    resolve(Buffer.concat(chunks));
                });
            }));
        });
    }
}
function isHttps(requestUrl) {
    const parsedUrl = new URL(requestUrl);
    return parsedUrl.protocol === 'https:';
}
class lib_HttpClient {
    constructor(userAgent, handlers, requestOptions) {
        this._ignoreSslError = false;
        this._allowRedirects = true;
        this._allowRedirectDowngrade = false;
        this._maxRedirects = 50;
        this._allowRetries = false;
        this._maxRetries = 1;
        this._keepAlive = false;
        this._disposed = false;
        this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
        this.handlers = handlers || [];
        this.requestOptions = requestOptions;
        if (requestOptions) {
            if (requestOptions.ignoreSslError != null) {
                this._ignoreSslError = requestOptions.ignoreSslError;
            }
            this._socketTimeout = requestOptions.socketTimeout;
            if (requestOptions.allowRedirects != null) {
                this._allowRedirects = requestOptions.allowRedirects;
            }
            if (requestOptions.allowRedirectDowngrade != null) {
                this._allowRedirectDowngrade = requestOptions.allowRedirectDowngrade;
            }
            if (requestOptions.maxRedirects != null) {
                this._maxRedirects = Math.max(requestOptions.maxRedirects, 0);
            }
            if (requestOptions.keepAlive != null) {
                this._keepAlive = requestOptions.keepAlive;
            }
            if (requestOptions.allowRetries != null) {
                this._allowRetries = requestOptions.allowRetries;
            }
            if (requestOptions.maxRetries != null) {
                this._maxRetries = requestOptions.maxRetries;
            }
        }
    }
    options(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('OPTIONS', requestUrl, null, additionalHeaders || {});
        });
    }
    get(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('GET', requestUrl, null, additionalHeaders || {});
        });
    }
    del(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('DELETE', requestUrl, null, additionalHeaders || {});
        });
    }
    post(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('POST', requestUrl, data, additionalHeaders || {});
        });
    }
    patch(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PATCH', requestUrl, data, additionalHeaders || {});
        });
    }
    put(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PUT', requestUrl, data, additionalHeaders || {});
        });
    }
    head(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('HEAD', requestUrl, null, additionalHeaders || {});
        });
    }
    sendStream(verb, requestUrl, stream, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request(verb, requestUrl, stream, additionalHeaders);
        });
    }
    /**
     * Gets a typed object from an endpoint
     * Be aware that not found returns a null.  Other errors (4xx, 5xx) reject the promise
     */
    getJson(requestUrl_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, additionalHeaders = {}) {
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            const res = yield this.get(requestUrl, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    postJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.post(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    putJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.put(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    patchJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.patch(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    /**
     * Makes a raw http request.
     * All other methods such as get, post, patch, and request ultimately call this.
     * Prefer get, del, post and patch
     */
    request(verb, requestUrl, data, headers) {
        return __awaiter(this, void 0, void 0, function* () {
            if (this._disposed) {
                throw new Error('Client has already been disposed.');
            }
            const parsedUrl = new URL(requestUrl);
            let info = this._prepareRequest(verb, parsedUrl, headers);
            // Only perform retries on reads since writes may not be idempotent.
            const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb)
                ? this._maxRetries + 1
                : 1;
            let numTries = 0;
            let response;
            do {
                response = yield this.requestRaw(info, data);
                // Check if it's an authentication challenge
                if (response &&
                    response.message &&
                    response.message.statusCode === HttpCodes.Unauthorized) {
                    let authenticationHandler;
                    for (const handler of this.handlers) {
                        if (handler.canHandleAuthentication(response)) {
                            authenticationHandler = handler;
                            break;
                        }
                    }
                    if (authenticationHandler) {
                        return authenticationHandler.handleAuthentication(this, info, data);
                    }
                    else {
                        // We have received an unauthorized response but have no handlers to handle it.
                        // Let the response return to the caller.
                        return response;
                    }
                }
                let redirectsRemaining = this._maxRedirects;
                while (response.message.statusCode &&
                    HttpRedirectCodes.includes(response.message.statusCode) &&
                    this._allowRedirects &&
                    redirectsRemaining > 0) {
                    const redirectUrl = response.message.headers['location'];
                    if (!redirectUrl) {
                        // if there's no location to redirect to, we won't
                        break;
                    }
                    const parsedRedirectUrl = new URL(redirectUrl);
                    if (parsedUrl.protocol === 'https:' &&
                        parsedUrl.protocol !== parsedRedirectUrl.protocol &&
                        !this._allowRedirectDowngrade) {
                        throw new Error('Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.');
                    }
                    // we need to finish reading the response before reassigning response
                    // which will leak the open socket.
                    yield response.readBody();
                    // strip authorization header if redirected to a different hostname
                    if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
                        for (const header in headers) {
                            // header names are case insensitive
                            if (header.toLowerCase() === 'authorization') {
                                delete headers[header];
                            }
                        }
                    }
                    // let's make the request with the new redirectUrl
                    info = this._prepareRequest(verb, parsedRedirectUrl, headers);
                    response = yield this.requestRaw(info, data);
                    redirectsRemaining--;
                }
                if (!response.message.statusCode ||
                    !HttpResponseRetryCodes.includes(response.message.statusCode)) {
                    // If not a retry code, return immediately instead of retrying
                    return response;
                }
                numTries += 1;
                if (numTries < maxTries) {
                    yield response.readBody();
                    yield this._performExponentialBackoff(numTries);
                }
            } while (numTries < maxTries);
            return response;
        });
    }
    /**
     * Needs to be called if keepAlive is set to true in request options.
     */
    dispose() {
        if (this._agent) {
            this._agent.destroy();
        }
        this._disposed = true;
    }
    /**
     * Raw request.
     * @param info
     * @param data
     */
    requestRaw(info, data) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => {
                function callbackForResult(err, res) {
                    if (err) {
                        reject(err);
                    }
                    else if (!res) {
                        // If `err` is not passed, then `res` must be passed.
                        reject(new Error('Unknown error'));
                    }
                    else {
                        resolve(res);
                    }
                }
                this.requestRawWithCallback(info, data, callbackForResult);
            });
        });
    }
    /**
     * Raw request with callback.
     * @param info
     * @param data
     * @param onResult
     */
    requestRawWithCallback(info, data, onResult) {
        if (typeof data === 'string') {
            if (!info.options.headers) {
                info.options.headers = {};
            }
            info.options.headers['Content-Length'] = Buffer.byteLength(data, 'utf8');
        }
        let callbackCalled = false;
        function handleResult(err, res) {
            if (!callbackCalled) {
                callbackCalled = true;
                onResult(err, res);
            }
        }
        const req = info.httpModule.request(info.options, (msg) => {
            const res = new HttpClientResponse(msg);
            handleResult(undefined, res);
        });
        let socket;
        req.on('socket', sock => {
            socket = sock;
        });
        // If we ever get disconnected, we want the socket to timeout eventually
        req.setTimeout(this._socketTimeout || 3 * 60000, () => {
            if (socket) {
                socket.end();
            }
            handleResult(new Error(`Request timeout: ${info.options.path}`));
        });
        req.on('error', function (err) {
            // err has statusCode property
            // res should have headers
            handleResult(err);
        });
        if (data && typeof data === 'string') {
            req.write(data, 'utf8');
        }
        if (data && typeof data !== 'string') {
            data.on('close', function () {
                req.end();
            });
            data.pipe(req);
        }
        else {
            req.end();
        }
    }
    /**
     * Gets an http agent. This function is useful when you need an http agent that handles
     * routing through a proxy server - depending upon the url and proxy environment variables.
     * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
     */
    getAgent(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        return this._getAgent(parsedUrl);
    }
    getAgentDispatcher(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (!useProxy) {
            return;
        }
        return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
    }
    _prepareRequest(method, requestUrl, headers) {
        const info = {};
        info.parsedUrl = requestUrl;
        const usingSsl = info.parsedUrl.protocol === 'https:';
        info.httpModule = usingSsl ? external_https_namespaceObject_0 : external_http_namespaceObject_0;
        const defaultPort = usingSsl ? 443 : 80;
        info.options = {};
        info.options.host = info.parsedUrl.hostname;
        info.options.port = info.parsedUrl.port
            ? parseInt(info.parsedUrl.port)
            : defaultPort;
        info.options.path =
            (info.parsedUrl.pathname || '') + (info.parsedUrl.search || '');
        info.options.method = method;
        info.options.headers = this._mergeHeaders(headers);
        if (this.userAgent != null) {
            info.options.headers['user-agent'] = this.userAgent;
        }
        info.options.agent = this._getAgent(info.parsedUrl);
        // gives handlers an opportunity to participate
        if (this.handlers) {
            for (const handler of this.handlers) {
                handler.prepareRequest(info.options);
            }
        }
        return info;
    }
    _mergeHeaders(headers) {
        if (this.requestOptions && this.requestOptions.headers) {
            return Object.assign({}, lowercaseKeys(this.requestOptions.headers), lowercaseKeys(headers || {}));
        }
        return lowercaseKeys(headers || {});
    }
    /**
     * Gets an existing header value or returns a default.
     * Handles converting number header values to strings since HTTP headers must be strings.
     * Note: This returns string | string[] since some headers can have multiple values.
     * For headers that must always be a single string (like Content-Type), use the
     * specialized _getExistingOrDefaultContentTypeHeader method instead.
     */
    _getExistingOrDefaultHeader(additionalHeaders, header, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[header];
            if (headerValue) {
                clientHeader =
                    typeof headerValue === 'number' ? headerValue.toString() : headerValue;
            }
        }
        const additionalValue = additionalHeaders[header];
        if (additionalValue !== undefined) {
            return typeof additionalValue === 'number'
                ? additionalValue.toString()
                : additionalValue;
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    /**
     * Specialized version of _getExistingOrDefaultHeader for Content-Type header.
     * Always returns a single string (not an array) since Content-Type should be a single value.
     * Converts arrays to comma-separated strings and numbers to strings to ensure type safety.
     * This was split from _getExistingOrDefaultHeader to provide stricter typing for callers
     * that assign the result to places expecting a string (e.g., additionalHeaders[Headers.ContentType]).
     */
    _getExistingOrDefaultContentTypeHeader(additionalHeaders, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[Headers.ContentType];
            if (headerValue) {
                if (typeof headerValue === 'number') {
                    clientHeader = String(headerValue);
                }
                else if (Array.isArray(headerValue)) {
                    clientHeader = headerValue.join(', ');
                }
                else {
                    clientHeader = headerValue;
                }
            }
        }
        const additionalValue = additionalHeaders[Headers.ContentType];
        // Return the first non-undefined value, converting numbers or arrays to strings if necessary
        if (additionalValue !== undefined) {
            if (typeof additionalValue === 'number') {
                return String(additionalValue);
            }
            else if (Array.isArray(additionalValue)) {
                return additionalValue.join(', ');
            }
            else {
                return additionalValue;
            }
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    _getAgent(parsedUrl) {
        let agent;
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (this._keepAlive && useProxy) {
            agent = this._proxyAgent;
        }
        if (!useProxy) {
            agent = this._agent;
        }
        // if agent is already assigned use that agent.
        if (agent) {
            return agent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        let maxSockets = 100;
        if (this.requestOptions) {
            maxSockets = this.requestOptions.maxSockets || external_http_namespaceObject.globalAgent.maxSockets;
        }
        // This is `useProxy` again, but we need to check `proxyURl` directly for TypeScripts's flow analysis.
        if (proxyUrl && proxyUrl.hostname) {
            const agentOptions = {
                maxSockets,
                keepAlive: this._keepAlive,
                proxy: Object.assign(Object.assign({}, ((proxyUrl.username || proxyUrl.password) && {
                    proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
                })), { host: proxyUrl.hostname, port: proxyUrl.port })
            };
            let tunnelAgent;
            const overHttps = proxyUrl.protocol === 'https:';
            if (usingSsl) {
                tunnelAgent = overHttps ? leftOut : leftOut;
            }
            else {
                tunnelAgent = overHttps ? leftOut : leftOut;
            }
            agent = tunnelAgent(agentOptions);
            this._proxyAgent = agent;
        }
        // if tunneling agent isn't assigned create a new agent
        if (!agent) {
            const options = { keepAlive: this._keepAlive, maxSockets };
            agent = usingSsl ? new external_https_namespaceObject.Agent(options) : new external_http_namespaceObject.Agent(options);
            this._agent = agent;
        }
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            agent.options = Object.assign(agent.options || {}, {
                rejectUnauthorized: false
            });
        }
        return agent;
    }
    _getProxyAgentDispatcher(parsedUrl, proxyUrl) {
        let proxyAgent;
        if (this._keepAlive) {
            proxyAgent = this._proxyAgentDispatcher;
        }
        // if agent is already assigned use that agent.
        if (proxyAgent) {
            return proxyAgent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        proxyAgent = new ProxyAgent(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, ((proxyUrl.username || proxyUrl.password) && {
            token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString('base64')}`
        })));
        this._proxyAgentDispatcher = proxyAgent;
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
                rejectUnauthorized: false
            });
        }
        return proxyAgent;
    }
    _getUserAgentWithOrchestrationId(userAgent) {
        const baseUserAgent = userAgent || 'actions/http-client';
        const orchId = process.env['ACTIONS_ORCHESTRATION_ID'];
        if (orchId) {
            // Sanitize the orchestration ID to ensure it contains only valid characters
            // Valid characters: 0-9, a-z, _, -, .
            const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, '_');
            return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
        }
        return baseUserAgent;
    }
    _performExponentialBackoff(retryNumber) {
        return __awaiter(this, void 0, void 0, function* () {
            retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
            const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
            return new Promise(resolve => setTimeout(() => resolve(), ms));
        });
    }
    _processResponse(res, options) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => __awaiter(this, void 0, void 0, function* () {
                const statusCode = res.message.statusCode || 0;
                const response = {
                    statusCode,
                    result: null,
                    headers: {}
                };
                // not found leads to null obj returned
                if (statusCode === HttpCodes.NotFound) {
                    resolve(response);
                }
                // get the result from the body
                function dateTimeDeserializer(key, value) {
                    if (typeof value === 'string') {
                        const a = new Date(value);
                        if (!isNaN(a.valueOf())) {
                            return a;
                        }
                    }
                    return value;
                }
                let obj;
                let contents;
                try {
                    contents = yield res.readBody();
                    if (contents && contents.length > 0) {
                        if (options && options.deserializeDates) {
                            obj = JSON.parse(contents, dateTimeDeserializer);
                        }
                        else {
                            obj = JSON.parse(contents);
                        }
                        response.result = obj;
                    }
                    response.headers = res.message.headers;
                }
                catch (err) {
                    // Invalid resource (contents not json);  leaving result obj null
                }
                // note that 3xx redirects are handled by the http layer.
                if (statusCode > 299) {
                    let msg;
                    // if exception/error in body, attempt to get better error
                    if (obj && obj.message) {
                        msg = obj.message;
                    }
                    else if (contents && contents.length > 0) {
                        // it may be the case that the exception is in the body message as string
                        msg = contents;
                    }
                    else {
                        msg = `Failed request: (${statusCode})`;
                    }
                    const err = new HttpClientError(msg, statusCode);
                    err.result = response.result;
                    reject(err);
                }
                else {
                    resolve(response);
                }
            }));
        });
    }
}
const lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => ((c[k.toLowerCase()] = obj[k]), c), {});
//# sourceMappingURL=index.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/auth.js
var auth_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
class BasicCredentialHandler {
    constructor(username, password) {
        this.username = username;
        this.password = password;
    }
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class auth_BearerCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Bearer ${this.token}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class PersonalAccessTokenCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`PAT:${this.token}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
//# sourceMappingURL=auth.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/oidc-utils.js
var oidc_utils_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



class oidc_utils_OidcClient {
    static createHttpClient(allowRetry = true, maxRetry = 10) {
        const requestOptions = {
            allowRetries: allowRetry,
            maxRetries: maxRetry
        };
        return new HttpClient('actions/oidc-client', [new BearerCredentialHandler(oidc_utils_OidcClient.getRequestToken())], requestOptions);
    }
    static getRequestToken() {
        const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
        if (!token) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable');
        }
        return token;
    }
    static getIDTokenUrl() {
        const runtimeUrl = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
        if (!runtimeUrl) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable');
        }
        return runtimeUrl;
    }
    static getCall(id_token_url) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            var _a;
            const httpclient = oidc_utils_OidcClient.createHttpClient();
            const res = yield httpclient
                .getJson(id_token_url)
                .catch(error => {
                throw new Error(`Failed to get ID Token. \n 
        Error Code : ${error.statusCode}\n 
        Error Message: ${error.message}`);
            });
            const id_token = (_a = res.result) === null || _a === void 0 ? void 0 : _a.value;
            if (!id_token) {
                throw new Error('Response json body do not have ID Token field');
            }
            return id_token;
        });
    }
    static getIDToken(audience) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            try {
                // New ID Token is requested from action service
                let id_token_url = oidc_utils_OidcClient.getIDTokenUrl();
                if (audience) {
                    const encodedAudience = encodeURIComponent(audience);
                    id_token_url = `${id_token_url}&audience=${encodedAudience}`;
                }
                debug(`ID token url is ${id_token_url}`);
                const id_token = yield oidc_utils_OidcClient.getCall(id_token_url);
                setSecret(id_token);
                return id_token;
            }
            catch (error) {
                throw new Error(`Error message: ${error.message}`);
            }
        });
    }
}
//# sourceMappingURL=oidc-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/summary.js
var summary_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { access, appendFile, writeFile } = external_fs_namespaceObject.promises;
const SUMMARY_ENV_VAR = 'GITHUB_STEP_SUMMARY';
const SUMMARY_DOCS_URL = 'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary';
class Summary {
    constructor() {
        this._buffer = '';
    }
    /**
     * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
     * Also checks r/w permissions.
     *
     * @returns step summary file path
     */
    filePath() {
        return summary_awaiter(this, void 0, void 0, function* () {
            if (this._filePath) {
                return this._filePath;
            }
            const pathFromEnv = process.env[SUMMARY_ENV_VAR];
            if (!pathFromEnv) {
                throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
            }
            try {
                yield access(pathFromEnv, external_fs_namespaceObject.constants.R_OK | external_fs_namespaceObject.constants.W_OK);
            }
            catch (_a) {
                throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
            }
            this._filePath = pathFromEnv;
            return this._filePath;
        });
    }
    /**
     * Wraps content in an HTML tag, adding any HTML attributes
     *
     * @param {string} tag HTML tag to wrap
     * @param {string | null} content content within the tag
     * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
     *
     * @returns {string} content wrapped in HTML element
     */
    wrap(tag, content, attrs = {}) {
        const htmlAttrs = Object.entries(attrs)
            .map(([key, value]) => ` ${key}="${value}"`)
            .join('');
        if (!content) {
            return `<${tag}${htmlAttrs}>`;
        }
        return `<${tag}${htmlAttrs}>${content}</${tag}>`;
    }
    /**
     * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
     *
     * @param {SummaryWriteOptions} [options] (optional) options for write operation
     *
     * @returns {Promise<Summary>} summary instance
     */
    write(options) {
        return summary_awaiter(this, void 0, void 0, function* () {
            const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
            const filePath = yield this.filePath();
            const writeFunc = overwrite ? writeFile : appendFile;
            yield writeFunc(filePath, this._buffer, { encoding: 'utf8' });
            return this.emptyBuffer();
        });
    }
    /**
     * Clears the summary buffer and wipes the summary file
     *
     * @returns {Summary} summary instance
     */
    clear() {
        return summary_awaiter(this, void 0, void 0, function* () {
            return this.emptyBuffer().write({ overwrite: true });
        });
    }
    /**
     * Returns the current summary buffer as a string
     *
     * @returns {string} string of summary buffer
     */
    stringify() {
        return this._buffer;
    }
    /**
     * If the summary buffer is empty
     *
     * @returns {boolen} true if the buffer is empty
     */
    isEmptyBuffer() {
        return this._buffer.length === 0;
    }
    /**
     * Resets the summary buffer without writing to summary file
     *
     * @returns {Summary} summary instance
     */
    emptyBuffer() {
        this._buffer = '';
        return this;
    }
    /**
     * Adds raw text to the summary buffer
     *
     * @param {string} text content to add
     * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
     *
     * @returns {Summary} summary instance
     */
    addRaw(text, addEOL = false) {
        this._buffer += text;
        return addEOL ? this.addEOL() : this;
    }
    /**
     * Adds the operating system-specific end-of-line marker to the buffer
     *
     * @returns {Summary} summary instance
     */
    addEOL() {
        return this.addRaw(external_os_namespaceObject.EOL);
    }
    /**
     * Adds an HTML codeblock to the summary buffer
     *
     * @param {string} code content to render within fenced code block
     * @param {string} lang (optional) language to syntax highlight code
     *
     * @returns {Summary} summary instance
     */
    addCodeBlock(code, lang) {
        const attrs = Object.assign({}, (lang && { lang }));
        const element = this.wrap('pre', this.wrap('code', code), attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML list to the summary buffer
     *
     * @param {string[]} items list of items to render
     * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
     *
     * @returns {Summary} summary instance
     */
    addList(items, ordered = false) {
        const tag = ordered ? 'ol' : 'ul';
        const listItems = items.map(item => this.wrap('li', item)).join('');
        const element = this.wrap(tag, listItems);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML table to the summary buffer
     *
     * @param {SummaryTableCell[]} rows table rows
     *
     * @returns {Summary} summary instance
     */
    addTable(rows) {
        const tableBody = rows
            .map(row => {
            const cells = row
                .map(cell => {
                if (typeof cell === 'string') {
                    return this.wrap('td', cell);
                }
                const { header, data, colspan, rowspan } = cell;
                const tag = header ? 'th' : 'td';
                const attrs = Object.assign(Object.assign({}, (colspan && { colspan })), (rowspan && { rowspan }));
                return this.wrap(tag, data, attrs);
            })
                .join('');
            return this.wrap('tr', cells);
        })
            .join('');
        const element = this.wrap('table', tableBody);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds a collapsable HTML details element to the summary buffer
     *
     * @param {string} label text for the closed state
     * @param {string} content collapsable content
     *
     * @returns {Summary} summary instance
     */
    addDetails(label, content) {
        const element = this.wrap('details', this.wrap('summary', label) + content);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML image tag to the summary buffer
     *
     * @param {string} src path to the image you to embed
     * @param {string} alt text description of the image
     * @param {SummaryImageOptions} options (optional) addition image attributes
     *
     * @returns {Summary} summary instance
     */
    addImage(src, alt, options) {
        const { width, height } = options || {};
        const attrs = Object.assign(Object.assign({}, (width && { width })), (height && { height }));
        const element = this.wrap('img', null, Object.assign({ src, alt }, attrs));
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML section heading element
     *
     * @param {string} text heading text
     * @param {number | string} [level=1] (optional) the heading level, default: 1
     *
     * @returns {Summary} summary instance
     */
    addHeading(text, level) {
        const tag = `h${level}`;
        const allowedTag = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(tag)
            ? tag
            : 'h1';
        const element = this.wrap(allowedTag, text);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML thematic break (<hr>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addSeparator() {
        const element = this.wrap('hr', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML line break (<br>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addBreak() {
        const element = this.wrap('br', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML blockquote to the summary buffer
     *
     * @param {string} text quote text
     * @param {string} cite (optional) citation url
     *
     * @returns {Summary} summary instance
     */
    addQuote(text, cite) {
        const attrs = Object.assign({}, (cite && { cite }));
        const element = this.wrap('blockquote', text, attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML anchor tag to the summary buffer
     *
     * @param {string} text link text/content
     * @param {string} href hyperlink
     *
     * @returns {Summary} summary instance
     */
    addLink(text, href) {
        const element = this.wrap('a', text, { href });
        return this.addRaw(element).addEOL();
    }
}
const _summary = new Summary();
/**
 * @deprecated use `core.summary`
 */
const markdownSummary = (/* unused pure expression or super */ null && (_summary));
const summary_summary = _summary;
//# sourceMappingURL=summary.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/path-utils.js

/**
 * toPosixPath converts the given path to the posix form. On Windows, \\ will be
 * replaced with /.
 *
 * @param pth. Path to transform.
 * @return string Posix path.
 */
function toPosixPath(pth) {
    return pth.replace(/[\\]/g, '/');
}
/**
 * toWin32Path converts the given path to the win32 form. On Linux, / will be
 * replaced with \\.
 *
 * @param pth. Path to transform.
 * @return string Win32 path.
 */
function toWin32Path(pth) {
    return pth.replace(/[/]/g, '\\');
}
/**
 * toPlatformPath converts the given path to a platform-specific path. It does
 * this by replacing instances of / and \ with the platform-specific path
 * separator.
 *
 * @param pth The path to platformize.
 * @return string The platform-specific path.
 */
function toPlatformPath(pth) {
    return pth.replace(/[/\\]/g, path.sep);
}
//# sourceMappingURL=path-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/platform.js
var platform_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const getWindowsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout: version } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Version"', undefined, {
        silent: true
    });
    const { stdout: name } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Caption"', undefined, {
        silent: true
    });
    return {
        name: name.trim(),
        version: version.trim()
    };
});
const getMacOsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    var _a, _b, _c, _d;
    const { stdout } = yield exec.getExecOutput('sw_vers', undefined, {
        silent: true
    });
    const version = (_b = (_a = stdout.match(/ProductVersion:\s*(.+)/)) === null || _a === void 0 ? void 0 : _a[1]) !== null && _b !== void 0 ? _b : '';
    const name = (_d = (_c = stdout.match(/ProductName:\s*(.+)/)) === null || _c === void 0 ? void 0 : _c[1]) !== null && _d !== void 0 ? _d : '';
    return {
        name,
        version
    };
});
const getLinuxInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout } = yield exec.getExecOutput('lsb_release', ['-i', '-r', '-s'], {
        silent: true
    });
    const [name, version] = stdout.trim().split('\n');
    return {
        name,
        version
    };
});
const platform = external_os_namespaceObject.platform();
const arch = external_os_namespaceObject.arch();
const isWindows = platform === 'win32';
const isMacOS = platform === 'darwin';
const isLinux = platform === 'linux';
function getDetails() {
    return platform_awaiter(this, void 0, void 0, function* () {
        return Object.assign(Object.assign({}, (yield (isWindows
            ? getWindowsInfo()
            : isMacOS
                ? getMacOsInfo()
                : getLinuxInfo()))), { platform,
            arch,
            isWindows,
            isMacOS,
            isLinux });
    });
}
//# sourceMappingURL=platform.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/core.js
var core_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};






/**
 * The code to exit an action
 */
var ExitCode;
(function (ExitCode) {
    /**
     * A code indicating that the action was successful
     */
    ExitCode[ExitCode["Success"] = 0] = "Success";
    /**
     * A code indicating that the action was a failure
     */
    ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
//-----------------------------------------------------------------------
// Variables
//-----------------------------------------------------------------------
/**
 * Sets env variable for this action and future actions in the job
 * @param name the name of the variable to set
 * @param val the value of the variable. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function exportVariable(name, val) {
    const convertedVal = utils_toCommandValue(val);
    process.env[name] = convertedVal;
    const filePath = process.env['GITHUB_ENV'] || '';
    if (filePath) {
        return file_command_issueFileCommand('ENV', file_command_prepareKeyValueMessage(name, val));
    }
    command_issueCommand('set-env', { name }, convertedVal);
}
/**
 * Registers a secret which will get masked from logs
 *
 * @param secret - Value of the secret to be masked
 * @remarks
 * This function instructs the Actions runner to mask the specified value in any
 * logs produced during the workflow run. Once registered, the secret value will
 * be replaced with asterisks (***) whenever it appears in console output, logs,
 * or error messages.
 *
 * This is useful for protecting sensitive information such as:
 * - API keys
 * - Access tokens
 * - Authentication credentials
 * - URL parameters containing signatures (SAS tokens)
 *
 * Note that masking only affects future logs; any previous appearances of the
 * secret in logs before calling this function will remain unmasked.
 *
 * @example
 * ```typescript
 * // Register an API token as a secret
 * const apiToken = "abc123xyz456";
 * setSecret(apiToken);
 *
 * // Now any logs containing this value will show *** instead
 * console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
 * ```
 */
function core_setSecret(secret) {
    command_issueCommand('add-mask', {}, secret);
}
/**
 * Prepends inputPath to the PATH (for this action and future actions)
 * @param inputPath
 */
function addPath(inputPath) {
    const filePath = process.env['GITHUB_PATH'] || '';
    if (filePath) {
        issueFileCommand('PATH', inputPath);
    }
    else {
        issueCommand('add-path', {}, inputPath);
    }
    process.env['PATH'] = `${inputPath}${path.delimiter}${process.env['PATH']}`;
}
/**
 * Gets the value of an input.
 * Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
 * Returns an empty string if the value is not defined.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string
 */
function getInput(name, options) {
    const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
    if (options && options.required && !val) {
        throw new Error(`Input required and not supplied: ${name}`);
    }
    if (options && options.trimWhitespace === false) {
        return val;
    }
    return val.trim();
}
/**
 * Gets the values of an multiline input.  Each value is also trimmed.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string[]
 *
 */
function getMultilineInput(name, options) {
    const inputs = getInput(name, options)
        .split('\n')
        .filter(x => x !== '');
    if (options && options.trimWhitespace === false) {
        return inputs;
    }
    return inputs.map(input => input.trim());
}
/**
 * Gets the input value of the boolean type in the YAML 1.2 "core schema" specification.
 * Support boolean input list: `true | True | TRUE | false | False | FALSE` .
 * The return value is also in boolean type.
 * ref: https://yaml.org/spec/1.2/spec.html#id2804923
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   boolean
 */
function getBooleanInput(name, options) {
    const trueValue = ['true', 'True', 'TRUE'];
    const falseValue = ['false', 'False', 'FALSE'];
    const val = getInput(name, options);
    if (trueValue.includes(val))
        return true;
    if (falseValue.includes(val))
        return false;
    throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
        `Support boolean input list: \`true | True | TRUE | false | False | FALSE\``);
}
/**
 * Sets the value of an output.
 *
 * @param     name     name of the output to set
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function setOutput(name, value) {
    const filePath = process.env['GITHUB_OUTPUT'] || '';
    if (filePath) {
        return file_command_issueFileCommand('OUTPUT', file_command_prepareKeyValueMessage(name, value));
    }
    process.stdout.write(external_os_namespaceObject.EOL);
    command_issueCommand('set-output', { name }, utils_toCommandValue(value));
}
/**
 * Enables or disables the echoing of commands into stdout for the rest of the step.
 * Echoing is disabled by default if ACTIONS_STEP_DEBUG is not set.
 *
 */
function setCommandEcho(enabled) {
    command_issue('echo', enabled ? 'on' : 'off');
}
//-----------------------------------------------------------------------
// Results
//-----------------------------------------------------------------------
/**
 * Sets the action status to failed.
 * When the action exits it will be with an exit code of 1
 * @param message add error issue message
 */
function setFailed(message) {
    process.exitCode = ExitCode.Failure;
    core_error(message);
}
//-----------------------------------------------------------------------
// Logging Commands
//-----------------------------------------------------------------------
/**
 * Gets whether Actions Step Debug is on or not
 */
function isDebug() {
    return process.env['RUNNER_DEBUG'] === '1';
}
/**
 * Writes debug message to user log
 * @param message debug message
 */
function core_debug(message) {
    command_issueCommand('debug', {}, message);
}
/**
 * Adds an error issue
 * @param message error issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function core_error(message, properties = {}) {
    command_issueCommand('error', utils_toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a warning issue
 * @param message warning issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function core_warning(message, properties = {}) {
    command_issueCommand('warning', utils_toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a notice issue
 * @param message notice issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function notice(message, properties = {}) {
    issueCommand('notice', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Writes info to log with console.log.
 * @param message info message
 */
function info(message) {
    process.stdout.write(message + external_os_namespaceObject.EOL);
}
/**
 * Begin an output group.
 *
 * Output until the next `groupEnd` will be foldable in this group
 *
 * @param name The name of the output group
 */
function startGroup(name) {
    issue('group', name);
}
/**
 * End an output group.
 */
function endGroup() {
    issue('endgroup');
}
/**
 * Wrap an asynchronous function call in a group.
 *
 * Returns the same type as the function itself.
 *
 * @param name The name of the group
 * @param fn The function to wrap in the group
 */
function group(name, fn) {
    return core_awaiter(this, void 0, void 0, function* () {
        startGroup(name);
        let result;
        try {
            result = yield fn();
        }
        finally {
            endGroup();
        }
        return result;
    });
}
//-----------------------------------------------------------------------
// Wrapper action state
//-----------------------------------------------------------------------
/**
 * Saves state for current action, the state can only be retrieved by this action's post job execution.
 *
 * @param     name     name of the state to store
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function saveState(name, value) {
    const filePath = process.env['GITHUB_STATE'] || '';
    if (filePath) {
        return issueFileCommand('STATE', prepareKeyValueMessage(name, value));
    }
    issueCommand('save-state', { name }, toCommandValue(value));
}
/**
 * Gets the value of an state set by this action's main execution.
 *
 * @param     name     name of the state to get
 * @returns   string
 */
function getState(name) {
    return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
    return core_awaiter(this, void 0, void 0, function* () {
        return yield OidcClient.getIDToken(aud);
    });
}
/**
 * Summary exports
 */

/**
 * @deprecated use core.summary
 */

/**
 * Path exports
 */

/**
 * Platform utilities exports
 */

//# sourceMappingURL=core.js.map
;// CONCATENATED MODULE: external "node:http"
const external_node_http_namespaceObject = require("node:http");
var external_node_http_default = /*#__PURE__*/__nccwpck_require__.n(external_node_http_namespaceObject);
;// CONCATENATED MODULE: external "node:https"
const external_node_https_namespaceObject = require("node:https");
var external_node_https_default = /*#__PURE__*/__nccwpck_require__.n(external_node_https_namespaceObject);
;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = require("node:net");
;// CONCATENATED MODULE: external "node:dns"
const external_node_dns_namespaceObject = require("node:dns");
;// CONCATENATED MODULE: ./lib/http/lookup.js

const loopback = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
];
const lookup_open = new Map();
function lookupWith(onChange) {
    return (hostname, options, callback) => {
        if (hostname === 'localhost') {
            queueMicrotask(() => (options.all ? callback(null, loopback) : callback(null, '127.0.0.1', 4)));
            return;
        }
        const done = (...result) => {
            onChange(false);
            callback(...result);
        };
        onChange(true);
        const waiting = lookup_open.get(hostname);
        if (waiting) {
            waiting.push(done);
            return;
        }
        const callbacks = [done];
        lookup_open.set(hostname, callbacks);
        (0,external_node_dns_namespaceObject.lookup)(hostname, options, (error, address, family) => {
            lookup_open.delete(hostname);
            for (const each of callbacks)
                each(error, address, family);
        });
    };
}
function isLookupOpen() {
    return lookup_open.size > 0;
}

;// CONCATENATED MODULE: ./lib/http/tunnel.js



class TunnelError extends Error {
    reason;
    constructor(reason) {
        super(`no tunnel (${reason})`);
        this.reason = reason;
    }
}
class TunnelAgent extends (external_node_https_default()).Agent {
    #proxy;
    #userAgent;
    #lookup;
    #connect;
    isWaiting = false;
    constructor(proxy, userAgent, lookup) {
        super();
        this.#proxy = proxy;
        this.#userAgent = userAgent;
        this.#lookup = lookup;
    }
    createConnection(options, callback) {
        const host = String(options.host);
        const authority = `${(0,external_node_net_namespaceObject.isIPv6)(host) ? `[${host}]` : host}:${options.port}`;
        const { hostname, port, username, password } = this.#proxy;
        const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
        const connect = external_node_http_default().request({
            method: 'CONNECT',
            host: hostname.replace(/^\[|\]$/g, ''),
            port: port || 80,
            path: authority,
            lookup: this.#lookup,
            headers: {
                host: authority,
                'user-agent': this.#userAgent,
                ...(credentials !== ':' && {
                    'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}`,
                }),
            },
            agent: false,
        });
        this.#connect = connect;
        this.isWaiting = true;
        const fail = (reason) => {
            this.isWaiting = false;
            connect.destroy();
            callback?.(new TunnelError(reason), undefined);
        };
        connect.once('connect', ({ statusCode = 0 }, socket, head) => {
            this.isWaiting = false;
            if (statusCode < 200 || statusCode > 299) {
                socket.destroy();
                fail(statusCode);
                return;
            }
            if (head.length)
                socket.unshift(head);
            callback?.(null, super.createConnection({ ...options, socket }));
        });
        connect.once('error', (error) => fail(error.code ?? 'UNKNOWN'));
        connect.end();
        return undefined;
    }
    destroy() {
        this.#connect?.destroy();
        super.destroy();
    }
}

;// CONCATENATED MODULE: ./lib/http/request.js






const redirectStatuses = new Set([301, 302, 303, 307, 308]);
const userAgent = 'ovc-jwt-action';
const noProxyAddress = 'no answer from DNS';
(0,external_node_net_namespaceObject.setDefaultAutoSelectFamilyAttemptTimeout)(2000);
async function send(request, proxy, deadline, cancelled) {
    let isLookingUp = false;
    const lookup = lookupWith(isOpen => {
        isLookingUp = isOpen;
    });
    const tunnel = proxy && new TunnelAgent(proxy.url, userAgent, lookup);
    const agent = tunnel ?? (request.url.startsWith('https:') ? new (external_node_https_default()).Agent({ lookup }) : new (external_node_http_default()).Agent({ lookup }));
    const first = watch(agent);
    let timer;
    const timeUp = new Promise(resolve => {
        timer = setTimeout(() => {
            if (isLookingUp && proxy)
                resolve({ kind: 'proxy-failed', cause: noProxyAddress });
            else
                resolve({ kind: 'deadline', of: isLookingUp ? 'dns' : tunnel?.isWaiting ? 'proxy' : 'server' });
        }, deadline);
    });
    const cancellation = cancelled.then(signal => ({ kind: 'cancelled', signal }));
    const outcome = await Promise.race([
        answerTo(request, agent, deadline).catch(error => failureOf(first.error ?? error)),
        timeUp,
        cancellation,
    ]);
    clearTimeout(timer);
    agent.destroy();
    return outcome;
}
function watch(agent) {
    const first = {};
    const watched = agent;
    const add = watched.addRequest;
    watched.addRequest = function (request, ...rest) {
        request.once('error', (error) => {
            if (error.code?.startsWith('HPE_'))
                first.error = error;
        });
        request.once('upgrade', (message, socket) => {
            socket.destroy();
            request.emit('response', message);
        });
        add.call(this, request, ...rest);
    };
    return first;
}
async function answerTo(request, agent, deadline) {
    const handler = {
        prepareRequest(options) {
            options.agent = agent;
            options.host = String(options.host).replace(/[[\]]/g, '');
        },
        canHandleAuthentication: () => false,
        handleAuthentication: () => Promise.reject(new Error('not used')),
    };
    const options = { allowRedirects: false, allowRetries: false, socketTimeout: deadline + 1000 };
    const client = new lib_HttpClient(userAgent, [handler], options);
    const headers = { ...request.headers, 'accept-encoding': 'identity' };
    const { message } = await client.request(request.method, request.url, request.body, headers);
    const { statusCode: status = 0, headers: its } = message;
    const answer = {
        kind: 'answer',
        status,
        body: '',
        isWhole: true,
        location: its.location,
        retryAfter: its['retry-after'],
        mediaType: (its['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
        hasChallenge: its['www-authenticate'] !== undefined,
    };
    if (status !== 200)
        return answer;
    const encodings = (its['content-encoding'] ?? '').toLowerCase().split(/[\s,]/);
    const encoding = [...new Set(encodings)].filter(name => registeredEncodings.has(name)).join(', ');
    if (encoding)
        return { kind: 'compressed', encoding };
    return new Promise((resolve, reject) => {
        const chunks = [];
        let size = 0;
        const finish = () => {
            const body = Buffer.concat(chunks).subarray(0, request.limit).toString();
            resolve({ ...answer, body, isWhole: size <= request.limit });
        };
        message.on('error', reject);
        message.on('data', (chunk) => {
            size += chunk.length;
            chunks.push(chunk);
            if (size <= request.limit)
                return;
            message.destroy();
            finish();
        });
        message.on('end', finish);
    });
}
const registeredEncodings = new Set([
    ...['gzip', 'x-gzip', 'deflate', 'compress', 'x-compress', 'br', 'zstd', 'dcb', 'dcz'],
    ...['aes128gcm', 'exi', 'pack200-gzip'],
]);
function failureOf(error) {
    if (error instanceof TunnelError)
        return { kind: 'proxy-failed', cause: error.reason };
    const { code } = error;
    if (typeof code !== 'string')
        return { kind: 'network', code: 'UNKNOWN' };
    return { kind: 'network', code, words: wordsOf(error) };
}
const certificateCodes = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_|CRL_|INVALID_|PATH_LENGTH_|HOSTNAME_MISMATCH$|UNSPECIFIED$)/;
function wordsOf({ code, message, reason }) {
    const words = reason ??
        /:error:[\dA-F]+:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ??
        (certificateCodes.test(code) ? message.split(';')[0] : undefined);
    return typeof words === 'string' && /^[a-z][a-z\d ./-]{0,80}$/i.test(words) ? words : undefined;
}

;// CONCATENATED MODULE: ./lib/destinations/call.js


const readLimit = 64 * 1024;
function call(ask, { method, url }, jwt, server) {
    const headers = { authorization: `bearer ${jwt}`, accept: 'application/json' };
    if (method === 'POST')
        headers['content-type'] = 'application/x-www-form-urlencoded';
    return ask({ method, url, headers, body: '', limit: readLimit }, server);
}
function isEmptyList(answer, server, wrong) {
    const { status, body } = answer;
    if (redirectStatuses.has(status))
        throw wrong(`redirect, status ${status}`);
    if (status === 404)
        throw wrong('status 404');
    if (status !== 200)
        throw new ActionError('ERR_UNEXPECTED_STATUS', server, status);
    if (body.trimStart().startsWith('<'))
        throw wrong('an HTML page');
    const isEmpty = /^\s*\[\s*\]\s*$/.test(body);
    if (!isEmpty && !/^\s*\[\s*\{\s*("|\}|$)/.test(body))
        throw wrong('not a list of objects in JSON');
    return isEmpty;
}

;// CONCATENATED MODULE: ./lib/destinations/ays.js


async function checkAys(ask, server, token) {
    const answer = await call(ask, { method: 'GET', url: `${server.url}/ays/repository` }, token.jwt, server);
    if (answer.status === 401 && answer.mediaType === 'text/plain' && !answer.hasChallenge) {
        throw new ActionError('ERR_AYS_REFUSED', server, whyRefused(token));
    }
    isEmptyList(answer, server, found => new ActionError('ERR_NOT_AYS', server, found));
}
function whyRefused({ keyKind, scopes }) {
    return keyKind === 'user' && !scopes.some(scope => scope.startsWith('user:memberof:'))
        ? 'the JWT has no scope "user:memberof:<organization>". Get a new JWT that has it, for the organization that this AYS server is configured with.'
        : 'this AYS server is configured with an organization that the JWT does not name (in its scopes, key or audience), it trusts another ItsYou.online than "base-url", its clock or configuration is wrong, or a proxy refused or removed the JWT. Check "app-id", "scope" and "audience", or ask its operator.';
}

;// CONCATENATED MODULE: ./lib/destinations/openvcloud.js


async function checkOpenvCloud(ask, server, token, identityServer) {
    if (token.keyKind === 'organization')
        throw new ActionError('ERR_OVC_NEEDS_USER');
    if (token.audiences.length)
        throw new ActionError('ERR_OVC_AUDIENCE', token.audiences);
    const url = `${server.url}/restmachine/cloudapi/accounts/list`;
    const answer = await call(ask, { method: 'POST', url }, token.jwt, server);
    if (answer.status === 401 && ['text/html', ''].includes(answer.mediaType) && !answer.hasChallenge) {
        throw new ActionError('ERR_OVC_REFUSED', server, identityServer);
    }
    return !isEmptyList(answer, server, found => new ActionError('ERR_NOT_OPENVCLOUD', server, found));
}

;// CONCATENATED MODULE: ./lib/inputs/address.js



const examples = {
    'base-url': 'itsyou.online',
    'ovc-url': 'my-location.example',
    'ays-url': 'ays.example/api',
};
function readAddress(input, value) {
    const invalid = (found, remedy) => new ActionError('ERR_ADDRESS_INVALID', input, found, remedy);
    const only = `write only the address of the server, such as https://${examples[input]}.`;
    if (!value)
        throw invalid('is empty', `a variable that is not set is empty. Set it, or leave "${input}" out.`);
    if (hasInvisible(value.replace(/\s/g, '')))
        throw invalid('contains an invisible character', 'type it again.');
    if (/^["'`\u201c\u2018<]|["'`\u201d\u2019]$|^[^<]*>$/.test(value)) {
        throw invalid('has quotation marks or angle brackets around it', 'remove them.');
    }
    if (!/^https?:\/\//i.test(value))
        throw invalid('does not start with https://', only);
    if (/:\/\/.*:\/\//.test(value))
        throw invalid('contains "://" twice', only);
    const [, authority = ''] = /:\/\/([^/?#\\]*)/.exec(value) ?? [];
    if (authority.includes('@'))
        throw invalid('contains a user or password', only);
    if (/^$|^[.:]|:$|\.\./.test(authority)) {
        throw invalid('lacks a part of its host name or its port', 'a variable in it is probably empty. Set the variable.');
    }
    if (!URL.canParse(value))
        throw invalid('is not a URL', only);
    const url = new URL(value);
    if (/[?#\\\s]/.test(value))
        throw invalid('contains a query, a fragment, a backslash or a space', only);
    if (!/^(\[[\da-f:.]+\]|[\w-]+(\.[\w-]+)*\.?)$/.test(url.hostname)) {
        throw invalid('contains a character that no host name has', only);
    }
    if (/^[\d.]+$/.test(url.hostname) && !authority.startsWith(url.hostname)) {
        throw invalid('has an IP address in an unusual form', 'write four decimal numbers without leading zeros.');
    }
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
        const remedy = 'write https://, because a credential travels to it. Only 127.0.0.1, ::1 and localhost may use http.';
        throw invalid('does not start with https://', remedy);
    }
    return url.href.replace(/(?<!\/)\/+$/, '');
}

;// CONCATENATED MODULE: ./lib/inputs/empty.js

const otherNames = {
    'app-id': ['app-id', 'appid', 'application-id', 'client-id', 'clientid', 'api-key', 'app-key', 'global-id'],
    secret: ['client-secret', 'app-secret', 'application-secret', 'api-secret', 'api-key', 'secret-key', 'token'],
    jwt: ['token', 'jwt-token'],
};
function emptyCredentials(empty, env, payload) {
    const names = empty.map(input => `"${input}"`);
    const what = names.length === 1 ? `${names[0]} is empty` : '"app-id", "secret" and "jwt" are all empty';
    const event = record(payload);
    const arrived = otherInput(['secret'], env);
    if (empty.includes('secret') && (!arrived || /^(token|api.key)$/.test(arrived.wrong))) {
        const actors = [env['GITHUB_ACTOR'], record(event['sender'])['login']];
        if (actors.includes('dependabot[bot]') && eventsWithoutSecrets.has(env['GITHUB_EVENT_NAME'])) {
            return new ActionError('ERR_SECRETS_DEPENDABOT', what);
        }
        if (env['GITHUB_EVENT_NAME'] !== 'pull_request_target' && isFromFork(event)) {
            return new ActionError('ERR_SECRETS_FORK', what);
        }
    }
    const other = otherInput(empty, env);
    if (other) {
        const remedy = `"${other.wrong}" has a value, but is not an input of this action. If it was meant for "${other.right}", write "${other.right}".`;
        return new ActionError('ERR_INPUT_EMPTY', what, remedy);
    }
    const check = 'check the name of the secret or variable ("secrets." or "vars."), the job\'s "environment:", "secrets: inherit" for a reusable workflow, and that this repository may read the organization\'s secret.';
    return new ActionError('ERR_INPUT_EMPTY', what, empty.length > 1 ? `${check} A JWT cannot be a job's output.` : check);
}
const eventsWithoutSecrets = new Set([
    ...['pull_request', 'pull_request_review', 'pull_request_review_comment', 'push', 'create'],
    ...['deployment', 'deployment_status'],
]);
function otherInput(empty, env) {
    for (const right of empty) {
        for (const name of otherNames[right]) {
            for (const wrong of new Set([name, name.replaceAll('-', '_')])) {
                const value = env[`INPUT_${wrong.toUpperCase()}`];
                if (wrong !== right && value && !/^(gh[a-z]_|github_pat_)/.test(value))
                    return { wrong, right };
            }
        }
    }
    return undefined;
}
function isFromFork(event) {
    const repository = (side) => record(record(record(event['pull_request'])[side])['repo']);
    const [head, base] = [repository('head'), repository('base')];
    return head['full_name'] !== base['full_name'] || (head['full_name'] === undefined && head['fork'] === true);
}
function record(value) {
    return typeof value === 'object' && value !== null ? value : {};
}

;// CONCATENATED MODULE: ./lib/inputs/credentials.js



const longestSecret = 512;
function readCredentials({ get, env, event }, defaultScope) {
    const [jwt = '', clientId = '', clientSecret = ''] = ['jwt', 'app-id', 'secret'].map(get);
    if (jwt) {
        const others = ['app-id', 'secret', 'audience', 'scope'].filter(input => get(input) && !(input === 'scope' && get(input) === defaultScope));
        if (others.length) {
            const found = `renews a JWT and cannot be combined with ${others.map(input => `"${input}"`).join(', ')}`;
            throw new ActionError('ERR_INPUT_CONFLICT', 'jwt', found, 'remove either "jwt" or all of the others.');
        }
        if (/^bearer\s/i.test(jwt))
            throw invalid('jwt', 'begins with "Bearer"', 'write only the JWT.');
        refuseText('jwt', jwt);
        return { grant: 'refresh', jwt };
    }
    if (!clientId && !clientSecret)
        throw emptyCredentials(['app-id', 'secret', 'jwt'], env, event());
    if (!clientId)
        throw emptyCredentials(['app-id'], env, event());
    if (!clientSecret)
        throw emptyCredentials(['secret'], env, event());
    const again = "copy it again from the API key's page.";
    for (const [input, value] of [
        ['app-id', clientId],
        ['secret', clientSecret],
    ]) {
        refuseText(input, value);
        if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(value)) {
            throw invalid(input, 'is a JWT', `write the API key's own value, or renew that JWT with the input "jwt".`);
        }
    }
    if (clientId.includes('@'))
        throw invalid('app-id', 'contains "@", which no application id has', again);
    if (!isName(clientId))
        throw invalid('app-id', 'contains characters that no application id has, or is too long', again);
    if (clientSecret.length > longestSecret)
        throw invalid('secret', `has more than ${longestSecret} characters`, again);
    if (hasInvisible(clientSecret))
        throw invalid('secret', 'contains a line break or an invisible character', again);
    return { grant: 'client_credentials', clientId, clientSecret };
}
function refuseText(input, value) {
    const contexts = input === 'app-id' ? 'secrets|vars' : 'secrets|vars|env|inputs|needs|steps';
    const expression = new RegExp(`^\\$?[{(]*\\s*(${contexts})[.[][\\w.'"[\\]-]+\\s*[)}]*$`, 'i');
    if (expression.test(value) || /^\$?\s*\{\{.*\}\}$/.test(value)) {
        const example = input === 'jwt' ? 'steps.ID.outputs.jwt' : 'secrets.NAME';
        const remedy = `write the expression itself in the workflow, such as \${{ ${example} }}.`;
        throw invalid(input, 'contains the text of an expression instead of its value', remedy);
    }
    if (/^\$(env:)?\w+$|^\$[{(]\w+[)}]$|^%\w+%$/i.test(value)) {
        const remedy = `the runner does not replace it here. Write \${{ secrets.NAME }}, or \${{ env.NAME }} for a variable of the workflow.`;
        throw invalid(input, "contains a variable's name instead of its value", remedy);
    }
    if (/^(export\s+)?[a-z_][\w-]*\s*=\s*[^=\s]/i.test(value)) {
        throw invalid(input, 'contains a name and an equals sign', 'store only what follows the equals sign.');
    }
    if (/^(["'`]).*\1$|^[\u201c\u2018].*[\u201d\u2019]$/s.test(value)) {
        throw invalid(input, 'has quotation marks around it', 'remove them.');
    }
    if (/^<[^<>]*>$|^\*+$/.test(value))
        throw invalid(input, 'is a placeholder', `put ${input === 'jwt' ? 'the JWT itself' : "the API key's own value"} in its place.`);
}
function invalid(input, found, remedy) {
    return new ActionError('ERR_CREDENTIALS_INVALID', input, found, remedy);
}

;// CONCATENATED MODULE: ./lib/inputs/duration.js


const units = { s: 1, m: 60, h: 3600, d: 86_400 };
function readDuration(input, value, most) {
    const [, digits = '', unit = ''] = /^([1-9]\d{0,5})([smh]?)$/.exec(value) ?? [];
    const seconds = Number(digits) * (units[unit || 's'] ?? Number.NaN);
    if (digits && seconds <= most)
        return seconds;
    const meant = guess(value);
    const longest = inShort(most);
    const remedy = meant === undefined
        ? `write a whole number of ${most < 3600 ? 'seconds or minutes' : 'seconds, minutes or hours'}, such as 30s or 5m, up to ${longest}.`
        : `write ${inShort(Math.min(meant, most))}${meant > most ? ', which is the longest' : ''}.`;
    throw new ActionError('ERR_DURATION_INVALID', input, quoteOrDescribe(value), remedy);
}
function guess(value) {
    const part = /(\d{1,6}(?:\.\d{1,3})?)\s*(d|h|m|s)(?:ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?(?![a-z])/gi;
    if (value.replaceAll(part, '').trim())
        return undefined;
    const sum = [...value.matchAll(part)].reduce((total, [, count, unit = '']) => total + Number(count) * (units[unit.toLowerCase()] ?? 0), 0);
    return Math.round(sum) || undefined;
}
function inShort(seconds) {
    if (seconds % 3600 === 0)
        return `${seconds / 3600}h`;
    return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

;// CONCATENATED MODULE: ./lib/inputs/env-vars.js


const reserved = [
    'CI GITHUB_* RUNNER_* ACTIONS_* INPUT_* STATE_*',
    'PATH PATHEXT HOME SHELL IFS ENV BASH BASH_ENV BASH_COMPAT BASH_XTRACEFD BASHOPTS BASHPID SHELLOPTS PROMPT_COMMAND PS4',
    'CDPATH GLOBIGNORE ZDOTDIR PWD OLDPWD SHLVL _ UID EUID PPID LINENO RANDOM SRANDOM SECONDS GROUPS FUNCNAME DIRSTACK',
    'EPOCHSECONDS EPOCHREALTIME HISTCMD OPTIND LD_* DYLD_* GLIBC_TUNABLES GCONV_PATH TMPDIR TMP TEMP TZ LANG LC_ALL LC_CTYPE',
    'LC_MESSAGES XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_DATA_HOME XDG_DATA_DIRS EDITOR VISUAL PAGER',
    'COMSPEC SYSTEMROOT WINDIR PSMODULEPATH USERPROFILE APPDATA LOCALAPPDATA',
    'NODE_* NPM_* PYTHON* PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE PERL5* PERLLIB RUBY* GEM_* PHP_* CLASSPATH',
    'JAVA_HOME JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS MAVEN_OPTS GRADLE_OPTS DOTNET_* CARGO_* RUSTC_* GOPATH',
    'GOROOT GOENV GOFLAGS GOPROXY GONOPROXY GOPRIVATE GOSUMDB GONOSUMDB GOINSECURE GOVCS GOAUTH GOTOOLCHAIN GOWORK GOBIN',
    'GOCACHE GOMODCACHE GOTMPDIR GODEBUG GOEXPERIMENT GOOS GOARCH',
    'MAKEFLAGS TAR_OPTIONS GIT_* SSH_* DOCKER_* CURL_* SSL_* OPENSSL_* REQUESTS_CA_BUNDLE *_PROXY',
].flatMap(names => names.split(' '));
function isReserved(name) {
    const upper = name.toUpperCase();
    return reserved.some(entry => {
        if (entry.startsWith('*'))
            return upper.endsWith(entry.slice(1));
        return entry.endsWith('*') ? upper.startsWith(entry.slice(0, -1)) : upper === entry;
    });
}
const none = /^(true|false|none|null|no|off)$/i;
function readEnvVars(value) {
    const names = [...new Set(value.split(/[\s,]/).filter(Boolean))];
    for (const name of names) {
        const found = quoteOrDescribe(name, name === value ? 'is' : 'contains');
        const invalid = (remedy) => new ActionError('ERR_ENV_VAR_INVALID', 'env-var', found, remedy);
        if (none.test(name))
            throw invalid(`write "env-var: ''" to export no variable.`);
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
            throw invalid('write a name such as JWT: letters, digits and underscores, with no digit at its start.');
        }
        if (isReserved(name)) {
            throw invalid('names like this are reserved for the runner or for tools. Choose another, such as JWT.');
        }
    }
    return names;
}

;// CONCATENATED MODULE: ./lib/inputs/misspelt.js

function refuseMisspelt(env, get) {
    for (const [variable, value = ''] of Object.entries(env)) {
        const wrong = /^INPUT_(.*)$/.exec(variable)?.[1]?.toLowerCase() ?? '';
        const isUrl = /^[^a-z\d]*base[^a-z\d]*ur[li][^a-z\d]*$/.test(wrong);
        const isKey = /^[^a-z\d]*public[^a-z\d]*key[^a-z\d]*$/.test(wrong);
        const right = isUrl ? 'base-url' : isKey ? 'public-key' : wrong;
        if (right === wrong || normal(value) === normal(get(right) ?? ''))
            continue;
        const shown = wrong.replace(/[^ -~]/gu, character => `(U+${character.codePointAt(0)?.toString(16).padStart(4, '0')})`);
        throw new ActionError('ERR_INPUT_MISSPELT', shown, right);
    }
}
function normal(value) {
    return URL.canParse(value) ? new URL(value).href : value.trim();
}

;// CONCATENATED MODULE: ./lib/inputs/spelling.js
const kinds = [
    ...['name', 'github', 'facebook', 'admin'].map(kind => [kind, 'nothing']),
    ['memberof', 'name'],
    ...['organizations', 'address', 'email', 'phone', 'validated:email', 'validated:phone', 'bankaccount', 'publickey']
        .concat(['digitalwalletaddress', 'avatar', 'keystore', 'see', 'ownerof:email'])
        .map(kind => [kind, 'label']),
];
function likelyScope(scope) {
    if (!scope.startsWith('user:'))
        return undefined;
    const rest = scope.slice('user:'.length);
    const isKnown = kinds.some(([kind, follows]) => `${rest}${follows === 'name' ? '' : ':'}`.startsWith(`${kind}:`));
    return isKnown ? undefined : nearestScope(rest);
}
function nearestScope(rest) {
    const near = kinds.flatMap(([kind, follows]) => [/:/, ...(follows === 'label' ? [] : [/[:\-_. ]/])].map(separator => {
        const head = rest.split(separator).slice(0, kind.split(':').length).join(':');
        const label = follows === 'nothing' ? '' : rest.slice(head.length + 1);
        return { kind, follows, label, edits: distance(letters(head), letters(kind)) };
    }));
    const [nearest] = near
        .filter(({ kind, edits }) => edits <= (kind === 'admin' ? 0 : kind.length > 4 ? 2 : 1))
        .sort((a, b) => a.edits - b.edits);
    if (!nearest)
        return '';
    const isName = nearest.follows === 'name';
    const label = isName ? nearest.label.toLowerCase() || '<organization>' : nearest.label;
    return `user:${nearest.kind}${label && `:${label}`}`;
}
function distance(a, b) {
    const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
    for (let i = 1; i <= a.length; i++) {
        const row = [i];
        for (let j = 1; j <= b.length; j++) {
            const at = (back, left) => rows[i - back]?.[j - left] ?? Number.POSITIVE_INFINITY;
            const replaced = at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
            const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
            row.push(Math.min(at(1, 0) + 1, (row[j - 1] ?? 0) + 1, replaced, isSwapped ? at(2, 2) + 1 : replaced));
        }
        rows.push(row);
    }
    return rows[a.length]?.[b.length] ?? 0;
}
function letters(word) {
    return word.toLowerCase().replace(/[-_:. ]/g, '');
}

;// CONCATENATED MODULE: ./lib/inputs/scopes.js



const allRights = new Set(['user:admin', 'organization:owner']);
function readScopes(value) {
    const scopes = [...new Set(splitList(value).flatMap(joinWords))];
    if (!scopes.length) {
        const remedy = 'write "user:name" for OpenvCloud, "user:memberof:<organization>" for AYS, or "organization:owner:ays" for an organization\'s key.';
        throw new ActionError('ERR_SCOPE_INVALID', 'scope', 'is empty', remedy);
    }
    for (const [at, scope] of scopes.entries()) {
        const mistake = mistakeIn(scope, scopes[at - 1] ?? '');
        if (mistake)
            throw new ActionError('ERR_SCOPE_INVALID', 'scope', ...mistake);
    }
    if (scopes.join() === 'offline_access') {
        throw new ActionError('ERR_SCOPE_UNSAFE', 'requests only offline_access, which the server grants with all rights');
    }
    const unsafe = scopes.includes('offline_access') ? scopes.find(growsToAllRights) : undefined;
    if (unsafe !== undefined) {
        const found = `requests offline_access together with "${unsafe}", which leads to all rights or any membership`;
        throw new ActionError('ERR_SCOPE_UNSAFE', found);
    }
    return scopes;
}
function growsToAllRights(scope) {
    return [...allRights, 'user:memberof:'].some(all => all.startsWith(scope));
}
function readAudiences(value) {
    const audiences = splitList(value);
    const invalid = (found, remedy) => new ActionError('ERR_AUDIENCE_INVALID', 'audience', found, remedy);
    if (value && !audiences.length)
        throw invalid('contains no name', 'set the variables in it, or remove it.');
    if (!audiences.every(isAudienceName)) {
        const found = 'contains a character that is not accepted in an audience, or a name that is too long';
        throw invalid(found, 'write names, or URLs without a query, separated by commas or newlines.');
    }
    return [...new Set(audiences)];
}
function splitList(value) {
    return value
        .split(/[,\r\n]/)
        .map(entry => entry.trim())
        .filter(Boolean);
}
function joinWords(entry) {
    const scopes = [];
    for (const [, spaces = '', word = ''] of entry.matchAll(/([ \t]*)([^ \t]+)/g)) {
        const last = scopes.at(-1);
        const isOwnScope = last === undefined || /[^:]:/.test(word) || [word, last].some(isOfflineAccess);
        if (isOwnScope || last.endsWith(':'))
            scopes.push(word);
        else
            scopes[scopes.length - 1] = last + spaces + word;
    }
    return scopes;
}
function isOfflineAccess(word) {
    return word.length < 32 && letters(word) === 'offlineaccess';
}
function mistakeIn(scope, before) {
    if (/(^|[ \t:]):|:$/.test(scope)) {
        const remedy = 'a variable is empty, or there is a space beside the colon. Set the variable, or remove the space.';
        return ['contains a scope with nothing before or after a colon', remedy];
    }
    if (/^[-'"`]|['"`]$|[;"[\]{}()]/.test(scope) || !isScopeName(scope)) {
        const remedy = 'write scopes separated by commas or newlines, without quotation marks, brackets, dashes or semicolons.';
        return ['contains a character that no scope has, or is too long', remedy];
    }
    if (isOfflineAccess(scope) && scope !== 'offline_access') {
        return [`contains "${scope}", which is not a scope`, 'write "offline_access".'];
    }
    if (/^user:memberof:.*[A-Z]/.test(scope)) {
        return [`contains "${scope}", but no organization's global id has capitals`, `write "${scope.toLowerCase()}".`];
    }
    if (/^(offline_access$|user:|organization:owner)/.test(scope))
        return undefined;
    return [`contains "${scope}", which is not a scope`, whatToWrite(scope, before)];
}
function whatToWrite(scope, before) {
    if (before.startsWith('user:memberof:') && !scope.includes(':')) {
        return `write "user:memberof:${scope.toLowerCase()}" if it is an organization.`;
    }
    if (/^organi[sz]ation(?!s)/i.test(scope)) {
        return 'write "organization:owner:ays" for an organization\'s key, or "user:memberof:<organization>" for a user\'s key.';
    }
    const nearest = nearestScope(scope.replace(/^user[-_:. ]/i, ''));
    return nearest
        ? `write "${nearest}".`
        : 'a scope is "offline_access", or begins with "user:", or with "organization:owner" for an organization\'s key.';
}

;// CONCATENATED MODULE: ./lib/inputs/inputs.js









const defaults = {
    scope: 'user:name',
    validity: '1h',
    'base-url': 'https://itsyou.online',
    'env-var': 'JWT',
    retries: '5',
    timeout: '60s',
};
const longestValidity = 24 * 60 * 60;
const longestTimeout = 10 * 60 * 1000;
function readInputs(unlimited) {
    const source = { ...unlimited, get: limited(unlimited.get) };
    const { env } = source;
    const get = (name) => source.get(name) ?? '';
    const orDefault = (name) => get(name) || defaults[name];
    const baseUrl = readAddress('base-url', source.get('base-url') ?? defaults['base-url']);
    if (baseUrl === defaults['base-url'])
        refuseMisspelt(env, source.get);
    const credentials = readCredentials(source, defaults.scope);
    const isNew = credentials.grant === 'client_credentials';
    const scopes = isNew ? readScopes(source.get('scope') ?? defaults.scope) : [];
    const audiences = isNew ? readAudiences(get('audience')) : [];
    const ovcUrl = get('ovc-url') ? readAddress('ovc-url', get('ovc-url')) : undefined;
    const aysUrl = get('ays-url') ? readAddress('ays-url', get('ays-url')) : undefined;
    if (ovcUrl && audiences.length) {
        const found = 'cannot be combined with "audience", because OpenvCloud does not accept a JWT with an audience';
        throw new ActionError('ERR_INPUT_CONFLICT', 'ovc-url', found, 'leave one of the two empty.');
    }
    const isRemote = [baseUrl, ovcUrl, aysUrl].some(url => url && !isLoopback(new URL(url).hostname));
    if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' && isRemote)
        throw new ActionError('ERR_TLS_OFF');
    const settings = {
        scopes,
        audiences,
        validity: readDuration('validity', orDefault('validity'), longestValidity),
        baseUrl,
        ovcUrl,
        aysUrl,
        publicKey: get('public-key') || undefined,
        envVars: readEnvVars(source.get('env-var') ?? defaults['env-var']),
        summary: readBoolean('summary', get('summary')),
        retries: readRetries(orDefault('retries')),
        timeout: readDuration('timeout', orDefault('timeout'), longestTimeout / 1000) * 1000,
    };
    return { credentials, settings };
}
const longestInput = 64 * 1024;
function limited(get) {
    return name => {
        const value = get(name);
        if (!value || value.length <= longestInput)
            return value;
        throw new ActionError('ERR_INPUT_INVALID', name, `has more than ${longestInput} characters`, 'shorten it.');
    };
}
function readRetries(value) {
    if (/^(\d|10)$/.test(value))
        return Number(value);
    throw new ActionError('ERR_INPUT_INVALID', 'retries', quoteOrDescribe(value), 'write a whole number from 0 to 10.');
}
function readBoolean(input, value) {
    if (/^(true|True|TRUE)$/.test(value))
        return true;
    if (/^(false|False|FALSE)?$/.test(value))
        return false;
    throw new ActionError('ERR_INPUT_INVALID', input, quoteOrDescribe(value), 'write true or false.');
}

;// CONCATENATED MODULE: ./lib/http/cause.js


function causeOf(outcome) {
    switch (outcome.kind) {
        case 'answer':
            return `status ${outcome.status}`;
        case 'network':
            return outcome.code;
        case 'deadline':
            return {
                dns: 'no answer from DNS in time',
                proxy: 'proxy: no answer in time',
                server: 'no whole answer in time',
            }[outcome.of];
        case 'proxy-failed':
            return `proxy: ${proxyCause(outcome.cause)}`;
        default:
            return outcome.kind;
    }
}
function proxyCause(cause) {
    return typeof cause === 'number' ? `status ${cause}` : cause;
}
function errorOf(outcome, server, { seconds, attempts, isLate, hasExtraCa }) {
    const proxyVariable = server.proxy?.variable ?? 'https_proxy';
    const hasNoTime = outcome.kind === 'deadline' || (outcome.kind === 'proxy-failed' && outcome.cause === noProxyAddress);
    if (isLate && hasNoTime)
        return new ActionError('ERR_TIMEOUT', server, seconds, attempts, isLate);
    switch (outcome.kind) {
        case 'answer':
            if (outcome.status === 429)
                return new ActionError('ERR_RATE_LIMIT', server, attempts);
            return new ActionError('ERR_UNAVAILABLE', server, outcome.status, attempts);
        case 'compressed':
            return new ActionError('ERR_COMPRESSED', server, outcome.encoding);
        case 'deadline':
            if (outcome.of === 'dns')
                return new ActionError('ERR_DNS', server, 'no answer in time');
            if (outcome.of === 'server')
                return new ActionError('ERR_TIMEOUT', server, seconds, attempts, isLate);
            return new ActionError('ERR_PROXY_SILENT', proxyVariable, server.url, seconds, attempts);
        case 'cancelled':
            return new ActionError('ERR_CANCELLED', outcome.signal);
        case 'proxy-failed':
            return proxyError(outcome.cause, proxyVariable, server);
        case 'network':
            return networkError(outcome.code, outcome.words, server, hasExtraCa);
    }
}
function proxyError(cause, variable, server) {
    if (typeof cause === 'string')
        return new ActionError('ERR_PROXY_FAILED', variable, cause);
    return new ActionError('ERR_PROXY_REFUSED', variable, server.url, cause, proxyRemedy(cause, server));
}
function proxyRemedy(status, { input }) {
    if (status === 407) {
        return 'put credentials that it accepts into its address, as http://user:password@host:port. Only Basic authentication is supported.';
    }
    if ([401, 403, 511].includes(status)) {
        return 'it does not allow this connection. Ask its operator to allow it, or name the server in no_proxy.';
    }
    if (status === 429)
        return 'it limits the number of requests. Run the job again later.';
    if ([408, 500, 502, 503, 504].includes(status)) {
        return `it could not reach the server, or is overloaded. Check "${input}" and that the server is up, or name the server in no_proxy.`;
    }
    return "the proxy's address may not be that of a proxy for https, or the proxy does not know the server. Check both addresses.";
}
function networkError(code, words, server, hasExtraCa) {
    const cause = words === undefined ? code : `${words}, ${code}`;
    if (code === 'ENOTFOUND')
        return new ActionError('ERR_HOST_NOT_FOUND', server);
    if (code.startsWith('EAI_'))
        return new ActionError('ERR_DNS', server, code);
    if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
        return new ActionError('ERR_CERTIFICATE_EXPIRED', server, cause);
    }
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
        return new ActionError('ERR_CERTIFICATE_HOST', server, cause);
    }
    if (missingCaCodes.test(code)) {
        if (hasExtraCa)
            return new ActionError('ERR_CERTIFICATE_EXTRA_CA', server, cause);
        return new ActionError('ERR_CERTIFICATE_UNTRUSTED', server, cause);
    }
    if (certificateCodes.test(code))
        return new ActionError('ERR_CERTIFICATE_INVALID', server, cause);
    if (/^ERR_SSL_|^EPROTO$|^ERR_TLS_/.test(code)) {
        const said = (words ?? code).toLowerCase().replaceAll('_', ' ');
        if (/alert (certificate required|bad certificate|no certificate)/.test(said)) {
            return new ActionError('ERR_CLIENT_CERTIFICATE', server, cause);
        }
        return new ActionError('ERR_TLS', server, cause, tlsRemedy(said, server));
    }
    if (code.startsWith('HPE_'))
        return new ActionError('ERR_PROTOCOL', server, code);
    return new ActionError('ERR_CONNECTION', server, code);
}
const missingCaCodes = /^UNABLE_TO_|^SELF_SIGNED_|^DEPTH_ZERO_|^CERT_UNTRUSTED$|^CERT_SIGNATURE_FAILURE$/;
function tlsRemedy(said, { input, proxy }) {
    if (said.includes('alert handshake failure')) {
        return 'they have no cipher or no curve in common, the server has no certificate for this host name, or it requires a client certificate, which this action does not support. Ask its operator.';
    }
    if (/wrong version number|packet length|http request/.test(said)) {
        return `the port does not speak https. Check the port in "${input}"${proxy ? `, and that the address in ${proxy.variable} is that of an http proxy` : ''}.`;
    }
    if (said.includes('unrecognized name'))
        return `the server does not know the host name in "${input}". Check it.`;
    if (/protocol version|unsupported protocol/.test(said)) {
        return 'the server must offer TLS 1.2 or newer. Ask its operator.';
    }
    if (/alert|tlsv1 /.test(said))
        return 'the server refused the connection. Ask its operator why.';
    if (/no (protocols|ciphers) available/.test(said)) {
        return "this runner's own TLS settings leave nothing to offer. Check NODE_OPTIONS and OPENSSL_CONF.";
    }
    if (/too (small|weak)|legacy|unsupported|disallowed|wrong (signature type|curve|cipher)/.test(said)) {
        return "the server's TLS settings are too old or too weak. Ask its operator.";
    }
    return `check the port in "${input}", and whether something between the runner and the server changes the connection. Otherwise ask the server's operator.`;
}

;// CONCATENATED MODULE: ./lib/http/retry.js

const transientStatuses = new Set([
    408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524,
]);
const transientCodes = new Set([
    ...['EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'EPIPE'],
    ...['ETIMEDOUT', 'HPE_INVALID_CHUNK_SIZE', noProxyAddress],
]);
const firstStep = 1000;
const longestStep = 10_000;
const shortestAttempt = 200;
const year = 366 * 24 * 60 * 60 * 1000;
function decideRetry(situation) {
    const { outcome, used, retries, now, timeLeft, random } = situation;
    if (!isTransient(situation) || timeLeft <= 0)
        return { kind: 'give-up' };
    const status = outcome.kind === 'answer' ? outcome.status : 0;
    const asked = outcome.kind === 'answer' ? readRetryAfter(outcome.retryAfter, now) : 0;
    const isLimit = status === 429 || (outcome.kind === 'proxy-failed' && outcome.cause === 429);
    if (!isLimit && (retries === 0 || (asked === 0 && used >= retries)))
        return { kind: 'give-up' };
    if (asked >= timeLeft)
        return { kind: 'wait-too-long', status, wait: asked };
    const rest = timeLeft - asked;
    if (rest < shortestAttempt)
        return { kind: 'give-up' };
    if (isLimit)
        return limitRetry(asked, rest, situation);
    const half = Math.min(longestStep, firstStep * 2 ** used) / 2;
    const wait = Math.max(asked, half) + random * half;
    return { kind: 'retry', wait: Math.round(Math.min(wait, asked + rest / 2)), counts: asked === 0 };
}
const leastLimitWait = 500;
const firstLimitWindow = 4000;
function limitRetry(asked, rest, { causes, cause, random }) {
    const earlier = causes.filter(other => other === cause).length;
    const wait = Math.min(leastLimitWait + random * firstLimitWindow * 3 ** earlier, 0.8 * rest);
    return { kind: 'retry', wait: Math.round(asked + wait), counts: false };
}
function isTransient({ outcome, cause, causes }) {
    if (cause.endsWith('ENOTFOUND'))
        return !causes.includes(cause);
    switch (outcome.kind) {
        case 'answer':
            return transientStatuses.has(outcome.status);
        case 'network':
            return transientCodes.has(outcome.code);
        case 'proxy-failed':
            return typeof outcome.cause === 'number'
                ? transientStatuses.has(outcome.cause)
                : transientCodes.has(outcome.cause);
        case 'deadline':
            return true;
        default:
            return false;
    }
}
function readRetryAfter(value, now) {
    if (value === undefined)
        return 0;
    if (/^\d+(\.\d+)?$/.test(value))
        return Math.min(Math.ceil(Number(value)) * 1000, year);
    const isDate = /^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/.test(value);
    const date = isDate ? Date.parse(value.endsWith(' GMT') ? value : `${value} GMT`) : Number.NaN;
    return Number.isNaN(date) ? 0 : Math.min(Math.max(0, date - now), year);
}

;// CONCATENATED MODULE: ./lib/http/attempts.js





const leastAttempt = 5000;
function askWithin({ timeout, retries }, hasExtraCa, world) {
    const end = world.elapsed() + timeout;
    return async (request, server) => {
        const start = world.elapsed();
        let used = 0;
        const causes = [];
        let told;
        for (;;) {
            const time = attemptTime(end - world.elapsed(), used < retries);
            const began = world.elapsed();
            const outcome = await send(request, server.proxy, time, world.cancelled);
            const took = world.elapsed() - began;
            const cause = causeOf(outcome);
            const timeLeft = end - world.elapsed();
            if (!told || !saysLess(outcome, time, told))
                told = { outcome, took };
            const decision = decideRetry({
                outcome,
                cause,
                causes,
                used,
                retries,
                now: world.now(),
                timeLeft,
                random: world.random(),
            });
            causes.push(cause);
            if (decision.kind === 'wait-too-long') {
                const [wait, left] = [Math.ceil(decision.wait / 1000), Math.floor(timeLeft / 1000)];
                const fits = timeout - timeLeft + decision.wait + 10_000 < longestTimeout;
                throw new ActionError('ERR_WAIT_TOO_LONG', server, decision.status, wait, left, fits);
            }
            if (decision.kind === 'give-up') {
                if (outcome.kind === 'answer' && !transientStatuses.has(outcome.status))
                    return outcome;
                const seconds = Math.round((world.elapsed() - start) / 1000);
                const isLate = end - start < Math.min(leastAttempt, timeout / 2);
                throw errorOf(told.outcome, server, { seconds, attempts: causes.length, isLate, hasExtraCa });
            }
            const subject = server.input === 'base-url' ? '' : `${server.url}: `;
            const pause = (decision.wait / 1000).toFixed(1);
            world.log(`${subject}Attempt ${causes.length} failed (${cause}); trying again in ${pause} s.`);
            if (decision.counts)
                used++;
            const signal = await Promise.race([world.sleep(decision.wait), world.cancelled]);
            if (signal !== undefined)
                throw new ActionError('ERR_CANCELLED', signal);
        }
    };
}
function saysLess(outcome, time, { outcome: before, took }) {
    if (outcome.kind !== 'deadline' || time >= Math.max(leastAttempt, took))
        return false;
    return before.kind === 'answer' || (before.kind === 'proxy-failed' && outcome.of === 'proxy');
}
function attemptTime(timeLeft, isRepeatable) {
    return Math.max(1, isRepeatable ? Math.min(timeLeft, Math.max(timeLeft / 2, leastAttempt)) : timeLeft);
}

;// CONCATENATED MODULE: ./lib/http/proxy.js



function serversOf({ baseUrl, ovcUrl, aysUrl }, settings) {
    return {
        identityServer: serverAt('base-url', baseUrl, settings),
        ovcServer: ovcUrl === undefined ? undefined : serverAt('ovc-url', ovcUrl, settings),
        aysServer: aysUrl === undefined ? undefined : serverAt('ays-url', aysUrl, settings),
    };
}
function serverAt(input, url, settings) {
    const proxy = proxyFor(url, settings);
    return { url, input, proxy, name: proxy ? `${url} (through the proxy in ${proxy.variable})` : url };
}
function proxyFor(url, { variable, value, exceptions }) {
    const target = new URL(url);
    if (isLoopback(target.hostname))
        return undefined;
    const text = value.trim();
    if (!text && value && !isException(target, exceptions)) {
        throw new ActionError('ERR_PROXY_INVALID', variable, 'contains only white space', 'remove it.');
    }
    if (!text)
        return undefined;
    const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
    const proxy = URL.canParse(address) ? new URL(address) : undefined;
    if (proxy && isDecodable(proxy) && isException(target, exceptions))
        return undefined;
    if (proxy?.protocol === 'https:') {
        const remedy = "ask the proxy's operator for its http:// address. The connection to the server stays encrypted.";
        throw new ActionError('ERR_PROXY_INVALID', variable, 'is an https:// address, which is not supported', remedy);
    }
    if (proxy?.protocol !== 'http:' || !proxy.hostname || !isDecodable(proxy)) {
        const remedy = 'write http://host:port, with percent-encoded credentials before the host if it needs them.';
        throw new ActionError('ERR_PROXY_INVALID', variable, 'is not the address of an http proxy', remedy);
    }
    return { url: proxy, variable };
}
function isException({ hostname, port }, exceptions) {
    const host = hostname.replace(/^\[|\]$|\.$/g, '');
    return exceptions
        .toLowerCase()
        .split(/[\s,]/)
        .some(entry => {
        if (entry === '*')
            return true;
        const { name, port: entryPort } = readEntry(entry);
        const isPort = entryPort === undefined || entryPort === (port || '443');
        return name !== '' && isPort && (host === name || (!(0,external_node_net_namespaceObject.isIP)(host) && host.endsWith(`.${name}`)));
    });
}
function readEntry(entry) {
    const [, name = '', port] = /^\[(.*)\](?::(\d+))?$/.exec(entry) ?? /^([^:]*)(?::(\d+))?$/.exec(entry) ?? [undefined, entry];
    return { name: name.replace(/^\*?\./, '').replace(/\.$/, ''), port };
}
function isDecodable({ username, password }) {
    try {
        decodeURIComponent(username + password);
        return true;
    }
    catch {
        return false;
    }
}

;// CONCATENATED MODULE: ./lib/jwt/keys.js


async function verificationKeys(publicKey, baseUrl) {
    const builtIn = builtInKey(baseUrl);
    const text = publicKey ?? builtIn;
    if (text === undefined)
        throw new ActionError('ERR_PUBLIC_KEY_MISSING', baseUrl);
    if ([text, Buffer.from(text, 'base64').toString('latin1')].some(form => privateKey.test(form))) {
        throw new ActionError('ERR_PRIVATE_KEY');
    }
    const trusted = await readKeys(text);
    if (!trusted.length)
        throw new ActionError('ERR_PUBLIC_KEY_INVALID');
    if (builtIn === undefined)
        return { trusted, issuer: undefined };
    const [points, known] = await Promise.all([pointsOf(trusted), pointsOf(await readKeys(builtIn))]);
    if (!points.some(point => known.includes(point)))
        throw new ActionError('ERR_PUBLIC_KEY_CONFLICT', baseUrl);
    return { trusted, issuer: 'itsyouonline' };
}
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY|^Private-Lines:|\\?"d\\?"\s*:\s*\\?"[\w-]{40}|MIG.AgE[AB]/im;
const p384 = { name: 'ECDSA', namedCurve: 'P-384' };
const block = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/g;
async function readKeys(text) {
    const pem = text.replaceAll(/\\r|\\n/g, '\n');
    if (pem.replaceAll(block, '').trim())
        return [];
    const keys = [...pem.matchAll(block)].map(([, body = '']) => crypto.subtle.importKey('spki', Buffer.from(body, 'base64'), p384, true, ['verify']));
    return Promise.all(keys).catch(() => []);
}
function pointsOf(keys) {
    return Promise.all(keys.map(key => crypto.subtle.exportKey('jwk', key).then(({ x, y }) => `${x} ${y}`)));
}

;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/errors.js
class JOSEError extends Error {
  static code = "ERR_JOSE_GENERIC";
  code = "ERR_JOSE_GENERIC";
  constructor(message, options) {
    super(message, options), this.name = this.constructor.name, Error.captureStackTrace?.(this, this.constructor);
  }
}
class JWTClaimValidationFailed extends JOSEError {
  static code = "ERR_JWT_CLAIM_VALIDATION_FAILED";
  code = "ERR_JWT_CLAIM_VALIDATION_FAILED";
  claim;
  reason;
  payload;
  constructor(message, payload, claim = "unspecified", reason = "unspecified") {
    super(message, { cause: { claim, reason, payload } }), this.claim = claim, this.reason = reason, this.payload = payload;
  }
}
class JWTExpired extends JOSEError {
  static code = "ERR_JWT_EXPIRED";
  code = "ERR_JWT_EXPIRED";
  claim;
  reason;
  payload;
  constructor(message, payload, claim = "unspecified", reason = "unspecified") {
    super(message, { cause: { claim, reason, payload } }), this.claim = claim, this.reason = reason, this.payload = payload;
  }
}
class JOSEAlgNotAllowed extends JOSEError {
  static code = "ERR_JOSE_ALG_NOT_ALLOWED";
  code = "ERR_JOSE_ALG_NOT_ALLOWED";
}
class JOSENotSupported extends JOSEError {
  static code = "ERR_JOSE_NOT_SUPPORTED";
  code = "ERR_JOSE_NOT_SUPPORTED";
}
class JWEDecryptionFailed extends JOSEError {
  static code = "ERR_JWE_DECRYPTION_FAILED";
  code = "ERR_JWE_DECRYPTION_FAILED";
  constructor(message = "decryption operation failed", options) {
    super(message, options);
  }
}
class JWEInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWE_INVALID"));
  code = "ERR_JWE_INVALID";
}
class errors_JWSInvalid extends JOSEError {
  static code = "ERR_JWS_INVALID";
  code = "ERR_JWS_INVALID";
}
class JWTInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWT_INVALID"));
  code = "ERR_JWT_INVALID";
}
class JWKInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWK_INVALID"));
  code = "ERR_JWK_INVALID";
}
class JWKSInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWKS_INVALID"));
  code = "ERR_JWKS_INVALID";
}
class JWKSNoMatchingKey extends JOSEError {
  static code = "ERR_JWKS_NO_MATCHING_KEY";
  code = "ERR_JWKS_NO_MATCHING_KEY";
  constructor(message = "no applicable key found in the JSON Web Key Set", options) {
    super(message, options);
  }
}
class JWKSMultipleMatchingKeys extends JOSEError {
  [Symbol.asyncIterator] = async function* () {
  };
  static code = "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
  code = "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
  constructor(message = "multiple matching keys found in the JSON Web Key Set", options) {
    super(message, options);
  }
}
class JWKSTimeout extends JOSEError {
  static code = "ERR_JWKS_TIMEOUT";
  code = "ERR_JWKS_TIMEOUT";
  constructor(message = "request timed out", options) {
    super(message, options);
  }
}
class JWSSignatureVerificationFailed extends JOSEError {
  static code = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
  code = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
  constructor(message = "signature verification failed", options) {
    super(message, options);
  }
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/key_descriptor.js
function table(entries) {
  const out = { __proto__: null };
  for (const alg in entries)
    out[alg] = { ...entries[alg], alg };
  return out;
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/jws_algorithms.js


const sig = [["verify"], ["sign"]];
function hmac(bits) {
  const subtle = { name: "HMAC", hash: `SHA-${bits}` };
  return { kty: ["oct"], secret: !0, subtle, signing: subtle, usages: sig };
}
function rsa(bits, saltLength) {
  const subtle = { name: saltLength ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: `SHA-${bits}` };
  return {
    kty: ["RSA"],
    subtle,
    signing: saltLength ? { ...subtle, saltLength } : subtle,
    usages: sig,
    minRsaBits: 2048
  };
}
function ecdsa(crv, bits) {
  return {
    kty: ["EC"],
    crv,
    subtle: { name: "ECDSA", namedCurve: crv },
    signing: { name: "ECDSA", hash: `SHA-${bits}` },
    usages: sig
  };
}
function eddsa() {
  const subtle = { name: "Ed25519" };
  return {
    kty: ["OKP"],
    crv: "Ed25519",
    subtle,
    signing: subtle,
    usages: sig
  };
}
function mldsa(parameterSet) {
  const subtle = { name: `ML-DSA-${parameterSet}` };
  return {
    kty: ["AKP"],
    subtle,
    signing: subtle,
    usages: sig
  };
}
const JWS = table({
  HS256: hmac(256),
  HS384: hmac(384),
  HS512: hmac(512),
  RS256: rsa(256),
  RS384: rsa(384),
  RS512: rsa(512),
  PS256: rsa(256, 32),
  PS384: rsa(384, 48),
  PS512: rsa(512, 64),
  ES256: ecdsa("P-256", 256),
  ES384: ecdsa("P-384", 384),
  ES512: ecdsa("P-521", 512),
  EdDSA: eddsa(),
  Ed25519: eddsa(),
  "ML-DSA-44": mldsa(44),
  "ML-DSA-65": mldsa(65),
  "ML-DSA-87": mldsa(87)
});
function jwsAlgorithm(alg) {
  const entry = typeof alg == "string" ? JWS[alg] : void 0;
  if (!entry)
    throw new JOSENotSupported(`alg ${alg} is not supported either by JOSE or your javascript runtime`);
  return entry;
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/buffer_utils.js
const buffer_utils_encoder = new TextEncoder(), decoder = new TextDecoder(), strictDecoder = new TextDecoder("utf-8", { fatal: !0 }), UINT32_RANGE = (/* unused pure expression or super */ null && (2 ** 32));
function concat(...buffers) {
  const size = buffers.reduce((acc, { length }) => acc + length, 0), buf = new Uint8Array(size);
  let i = 0;
  for (const buffer of buffers)
    buf.set(buffer, i), i += buffer.length;
  return buf;
}
function writeUInt32BE(buf, value, offset) {
  if (value < 0 || value >= UINT32_RANGE)
    throw new RangeError(`value must be >= 0 and <= ${UINT32_RANGE - 1}. Received ${value}`);
  buf.set([value >>> 24, value >>> 16, value >>> 8, value & 255], offset);
}
function uint64be(value) {
  const high = Math.floor(value / UINT32_RANGE), low = value % UINT32_RANGE, buf = new Uint8Array(8);
  return writeUInt32BE(buf, high, 0), writeUInt32BE(buf, low, 4), buf;
}
function uint32be(value) {
  const buf = new Uint8Array(4);
  return writeUInt32BE(buf, value), buf;
}
const NON_ASCII = /[^\x00-\x7f]/;
function encode(string) {
  if (typeof string == "string" && string.length >= 128) {
    if (NON_ASCII.test(string))
      throw new TypeError("non-ASCII string encountered in encode()");
    return buffer_utils_encoder.encode(string);
  }
  const bytes = new Uint8Array(string.length);
  for (let i = 0; i < string.length; i++) {
    const code = string.charCodeAt(i);
    if (code > 127)
      throw new TypeError("non-ASCII string encountered in encode()");
    bytes[i] = code;
  }
  return bytes;
}
function buffer_utils_encodeBase64(input, url = !1) {
  if (Uint8Array.prototype.toBase64)
    return input.toBase64({ alphabet: url ? "base64url" : "base64", omitPadding: url });
  const CHUNK_SIZE = 32768, arr = [];
  for (let i = 0; i < input.length; i += CHUNK_SIZE)
    arr.push(String.fromCharCode.apply(null, input.subarray(i, i + CHUNK_SIZE)));
  const encoded = btoa(arr.join(""));
  return url ? encoded.replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_") : encoded;
}
function decodeBase64(encoded, url = !1) {
  if (Uint8Array.fromBase64)
    return Uint8Array.fromBase64(encoded, { alphabet: url ? "base64url" : "base64" });
  if (url) {
    if (encoded.includes("+") || encoded.includes("/"))
      throw new TypeError("Invalid base64url");
    encoded = encoded.replace(/-/g, "+").replace(/_/g, "/");
  }
  const binary = atob(encoded), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++)
    bytes[i] = binary.charCodeAt(i);
  return bytes;
}
async function digest(algorithm, data) {
  const subtleDigest = `SHA-${algorithm.slice(-3)}`;
  return new Uint8Array(await crypto.subtle.digest(subtleDigest, data));
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/base64url.js

const base64url_invalid = "The input to be decoded is not correctly encoded.";
function decode(input) {
  try {
    return decodeBase64(typeof input == "string" ? input : decoder.decode(input), !0);
  } catch (cause) {
    throw new TypeError(base64url_invalid, { cause });
  }
}
function base64url_encode(input) {
  return encodeBase64(typeof input == "string" ? encoder.encode(input) : input, !0);
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/validate.js



function assertUint8Array(input, label) {
  if (!(input instanceof Uint8Array))
    throw new TypeError(`${label} must be an instance of Uint8Array`);
}
function validate_isObject(input) {
  if (typeof input != "object" || input === null || Object.prototype.toString.call(input) !== "[object Object]")
    return !1;
  const prototype = Object.getPrototypeOf(input);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
function isJwkSet(input) {
  return validate_isObject(input) && Array.isArray(input.keys) && Array.from(input.keys).every(validate_isObject);
}
function isDisjoint(...headers) {
  const parameters = /* @__PURE__ */ new Set();
  for (const header of headers)
    if (header)
      for (const parameter of Object.keys(header)) {
        if (parameters.has(parameter))
          return !1;
        parameters.add(parameter);
      }
  return !0;
}
function assertNotSet(value, name) {
  if (value !== void 0)
    throw new TypeError(`${name} can only be called once`);
}
function decodeBase64url(value, label, ErrorClass) {
  try {
    return decode(value);
  } catch (cause) {
    throw new ErrorClass(`Failed to base64url decode the ${label}`, { cause });
  }
}
function encodeAsciiMember(value, label, ErrorClass) {
  try {
    return encode(value);
  } catch (cause) {
    throw new ErrorClass(`The ${label} is not a valid base64url string`, { cause });
  }
}
function parseJoseHeader(encodedProtectedHeader, ErrorClass, message) {
  let parsed;
  try {
    parsed = JSON.parse(strictDecoder.decode(decode(encodedProtectedHeader)));
  } catch (cause) {
    throw new ErrorClass(message, { cause });
  }
  if (!validate_isObject(parsed))
    throw new ErrorClass(message);
  return parsed;
}
const JWS_RECOGNIZED = { __proto__: null, b64: !0 }, JWE_RECOGNIZED = { __proto__: null };
function validateAlgorithms(option, algorithms) {
  if (algorithms !== void 0 && (!Array.isArray(algorithms) || algorithms.some((s) => typeof s != "string")))
    throw new TypeError(`"${option}" option must be an array of strings`);
  return algorithms === void 0 ? void 0 : new Set(algorithms);
}
function validateCritDuplicates(Err, protectedHeader) {
  const { crit } = protectedHeader ?? {};
  if (Array.isArray(crit) && new Set(crit).size !== crit.length)
    throw new Err('"crit" (Critical) Header Parameter MUST NOT contain duplicate values');
}
function validateCrit(Err, recognizedDefault, recognizedOption, protectedHeader, joseHeader) {
  if (joseHeader.crit !== void 0 && protectedHeader?.crit === void 0)
    throw new Err('"crit" (Critical) Header Parameter MUST be integrity protected');
  if (!protectedHeader || protectedHeader.crit === void 0)
    return [];
  if (!Array.isArray(protectedHeader.crit) || protectedHeader.crit.length === 0 || protectedHeader.crit.some((input) => typeof input != "string" || input.length === 0))
    throw new Err('"crit" (Critical) Header Parameter MUST be an array of non-empty strings when present');
  const recognized = recognizedOption === void 0 ? recognizedDefault : { __proto__: null, ...recognizedOption, ...recognizedDefault };
  for (const parameter of protectedHeader.crit) {
    if (!(parameter in recognized))
      throw new JOSENotSupported(`Extension Header Parameter "${parameter}" is not recognized`);
    if (!Object.hasOwn(joseHeader, parameter) || joseHeader[parameter] === void 0)
      throw new Err(`Extension Header Parameter "${parameter}" is missing`);
    if (recognized[parameter] && (!Object.hasOwn(protectedHeader, parameter) || protectedHeader[parameter] === void 0))
      throw new Err(`Extension Header Parameter "${parameter}" MUST be integrity protected`);
  }
  return protectedHeader.crit;
}
function validateB64(protectedHeader, extensions) {
  if (extensions.includes("b64")) {
    const b64 = protectedHeader.b64;
    if (typeof b64 != "boolean")
      throw new errors_JWSInvalid('The "b64" (base64url-encode payload) Header Parameter must be a boolean');
    return b64;
  }
  return !0;
}
function serializeJoseHeader(Err, header) {
  let serialized, parsed;
  try {
    serialized = JSON.stringify(header), parsed = JSON.parse(serialized);
  } catch (cause) {
    throw new Err("JOSE Header is not valid JSON", { cause });
  }
  if (!validate_isObject(parsed))
    throw new Err("JOSE Header is not a JSON object");
  return [parsed, serialized];
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/key.js



const tag = (key) => key[Symbol.toStringTag], jwkMatchesOp = (entry, key, usage) => {
  const { alg } = entry;
  if (key.use !== void 0) {
    const expected = usage === "sign" || usage === "verify" ? "sig" : "enc";
    if (key.use !== expected)
      throw new TypeError(`Invalid key for this operation, its "use" must be "${expected}" when present`);
  }
  if (key.kty === "AKP" && key.alg === void 0)
    throw new TypeError('missing "alg" (Algorithm) Parameter value');
  if (key.alg !== void 0 && key.alg !== alg)
    throw new TypeError(`Invalid key for this operation, its "alg" must be "${alg}" when present`);
  if (Array.isArray(key.key_ops)) {
    const expectedKeyOp = usage === "encrypt" || usage === "decrypt" ? entry.ops?.[usage === "encrypt" ? 0 : 1] : usage;
    if (expectedKeyOp && !key.key_ops.includes(expectedKeyOp))
      throw new TypeError(`Invalid key for this operation, its "key_ops" must include "${expectedKeyOp}" when present`);
  }
};
async function prepareKey(entry, key, usage) {
  const { alg, secret } = entry, requiresPrivateKey = usage === "decrypt" || usage === "sign";
  if (secret && key instanceof Uint8Array)
    return key;
  let normalized, keyObject;
  if (validate_isObject(key)) {
    if (normalized = normalizeJwk(key), typeof normalized.kty != "string")
      throw invalidKeyType(alg, key, secret);
    if (!(secret ? normalized.kty === "oct" && typeof normalized.k == "string" : normalized.kty !== "oct" && (requiresPrivateKey ? normalized.kty === "AKP" && typeof normalized.priv == "string" || typeof normalized.d == "string" : normalized.d === void 0 && normalized.priv === void 0)))
      throw new TypeError(secret ? 'JSON Web Key for symmetric algorithms must have JWK "kty" (Key Type) equal to "oct" and the JWK "k" (Key Value) present' : `JSON Web Key for this operation must be a ${requiresPrivateKey ? "private" : "public"} JWK`);
    if (jwkMatchesOp(entry, normalized, usage), normalized.kty === "oct")
      return decode(normalized.k);
    if (!Object.isFrozen(key)) {
      const { key_ops } = key;
      Array.isArray(key_ops) && Object.freeze(key_ops), Object.freeze(key);
    }
  } else {
    if (!isKeyLike(key))
      throw invalidKeyType(alg, key, secret);
    const expectedType = secret ? "secret" : requiresPrivateKey ? "private" : "public";
    if (key.type !== expectedType && (secret || ["secret", "public", "private"].includes(key.type)))
      throw new TypeError(`${tag(key)} instances must be of type "${expectedType}" for the ${alg} algorithm`);
    if (isCryptoKey(key))
      return key;
    if (keyObject = key, keyObject.type === "secret")
      return keyObject.export();
  }
  cache ||= /* @__PURE__ */ new WeakMap();
  const cacheKey = key;
  let cached = cache.get(cacheKey);
  if (cached?.[alg])
    return cached[alg];
  if (cached || cache.set(cacheKey, cached = {}), keyObject && typeof keyObject.toCryptoKey == "function") {
    const isPublic = keyObject.type === "public", crv = nist[keyObject.asymmetricKeyDetails?.namedCurve], params = entry.resolve?.({ crv, asymmetricKeyType: keyObject.asymmetricKeyType }) ?? entry.subtle;
    return cached[alg] = keyObject.toCryptoKey(params, isPublic, entry.usages[isPublic ? 0 : 1]);
  }
  return normalized ??= keyObject.export({ format: "jwk" }), normalized.alg = alg, cached[alg] = await jwkToKey(entry, normalized);
}
let cache;
const nist = {
  __proto__: null,
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521"
};
function assertCryptoKey(key) {
  if (!isCryptoKey(key))
    throw new Error("CryptoKey instance expected");
}
const isCryptoKey = (key) => {
  if (key?.[Symbol.toStringTag] === "CryptoKey")
    return !0;
  try {
    return key instanceof CryptoKey;
  } catch {
    return !1;
  }
}, isKeyObject = (key) => key?.[Symbol.toStringTag] === "KeyObject", isKeyLike = (key) => isCryptoKey(key) || isKeyObject(key);
function message(msg, actual, ...types) {
  if (types.length > 2) {
    const last = types.pop();
    msg += `one of type ${types.join(", ")}, or ${last}.`;
  } else types.length === 2 ? msg += `one of type ${types[0]} or ${types[1]}.` : msg += `of type ${types[0]}.`;
  return actual == null ? msg += ` Received ${actual}` : typeof actual == "function" && actual.name ? msg += ` Received function ${actual.name}` : typeof actual == "object" && actual != null && actual.constructor?.name && (msg += ` Received an instance of ${actual.constructor.name}`), msg;
}
const invalidKeyInput = (actual, ...types) => message("Key must be ", actual, ...types);
function invalidKeyType(alg, actual, secret) {
  const types = ["CryptoKey", "KeyObject", "JSON Web Key"];
  return secret && types.push("Uint8Array"), new TypeError(message(`Key for the ${alg} algorithm must be `, actual, ...types));
}
const unusable = (name, prop = "algorithm.name") => new TypeError(`CryptoKey does not support this operation, its ${prop} must be ${name}`);
function checkUsage(key, usage) {
  if (usage && !key.usages.includes(usage))
    throw new TypeError(`CryptoKey does not support this operation, its usages must include ${usage}.`);
}
function checkModulusLength(alg, key) {
  const { modulusLength } = key.algorithm;
  if (typeof modulusLength != "number" || modulusLength < 2048)
    throw new TypeError(`${alg} requires key modulusLength to be 2048 bits or larger`);
}
function checkCryptoKey(key, expected, usage) {
  const algorithm = key.algorithm;
  if (algorithm.name !== expected.name)
    throw unusable(expected.name);
  if (expected.hash && algorithm.hash?.name !== expected.hash)
    throw unusable(expected.hash, "algorithm.hash");
  if (expected.namedCurve && algorithm.namedCurve !== expected.namedCurve)
    throw unusable(expected.namedCurve, "algorithm.namedCurve");
  if (expected.length !== void 0 && algorithm.length !== expected.length)
    throw unusable(expected.length, "algorithm.length");
  checkUsage(key, usage);
}
function snapshotJwk(jwk) {
  return { __proto__: null, ...jwk };
}
function normalizeJwk(jwk) {
  const normalized = snapshotJwk(jwk);
  if (normalized.ext !== void 0 && typeof normalized.ext != "boolean")
    throw new TypeError('"ext" (Extractable) Parameter must be a boolean');
  if (normalized.key_ops !== void 0) {
    const value = normalized.key_ops, keyOps = Array.isArray(value) ? [...value] : void 0;
    if (!keyOps || keyOps.some((operation) => typeof operation != "string") || new Set(keyOps).size !== keyOps.length)
      throw new TypeError('"key_ops" (Key Operations) Parameter must be an array of unique strings');
    normalized.key_ops = keyOps;
  }
  return normalized;
}
function validateExtractableOption(extractable) {
  if (extractable !== void 0 && typeof extractable != "boolean")
    throw new TypeError('"extractable" option must be a boolean');
  return extractable;
}
async function jwkToKey(entry, jwk, extractable) {
  if (!entry.kty.includes(jwk.kty))
    throw new JOSENotSupported('Invalid or unsupported JWK "alg" (Algorithm) Parameter value');
  const algorithm = entry.resolve?.({ kty: jwk.kty, crv: jwk.crv }) ?? entry.subtle, isPrivate = !!(jwk.d || jwk.priv), keyData = { ...jwk, ext: extractable ?? jwk.ext };
  return keyData.kty !== "AKP" && delete keyData.alg, delete keyData.use, crypto.subtle.importKey("jwk", keyData, algorithm, keyData.ext ?? !isPrivate, jwk.key_ops ?? entry.usages[isPrivate ? 1 : 0]);
}
async function rawKey(key, expected, usage, extractable = !1) {
  return key instanceof Uint8Array && (key = await crypto.subtle.importKey("raw", key, expected, extractable, [usage])), checkCryptoKey(key, expected, usage), key;
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/jws_verify.js





function snapshotJws(jws, sharedPayload) {
  const encodedProtectedHeader = jws.protected, inputHeader = jws.header, header = isObject(inputHeader) ? { ...inputHeader } : inputHeader;
  let payload = sharedPayload ? sharedPayload[0] : jws.payload;
  !sharedPayload && payload instanceof Uint8Array && (payload = new Uint8Array(payload));
  const signature = jws.signature, snapshot = { payload, signature };
  if (encodedProtectedHeader !== void 0 && (snapshot.protected = encodedProtectedHeader), inputHeader !== void 0 && (snapshot.header = header), encodedProtectedHeader === void 0 && header === void 0)
    throw new JWSInvalid('Flattened JWS must have either of the "protected" or "header" members');
  if (encodedProtectedHeader !== void 0 && typeof encodedProtectedHeader != "string")
    throw new JWSInvalid("JWS Protected Header incorrect type");
  if (payload === void 0)
    throw new JWSInvalid("JWS Payload missing");
  if (typeof signature != "string")
    throw new JWSInvalid("JWS Signature missing or incorrect type");
  if (header !== void 0 && !isObject(header))
    throw new JWSInvalid("JWS Unprotected Header incorrect type");
  return snapshot;
}
function prepareVerify(options) {
  return [options && validateAlgorithms("algorithms", options.algorithms), options?.crit];
}
function parseProtectedHeader(encodedProtectedHeader) {
  return encodedProtectedHeader === void 0 ? {} : parseJoseHeader(encodedProtectedHeader, errors_JWSInvalid, "JWS Protected Header is invalid");
}
function encodeJsonUnencodedPayload(payload) {
  const invalid = /[\p{Cs}\p{Cn}]/u.exec(payload)?.[0];
  if (invalid !== void 0)
    throw new JWSInvalid(/\p{Cs}/u.test(invalid) ? "JWS Payload must be a well-formed Unicode string" : "JWS Payload must not contain unassigned Unicode code points");
  return encoder.encode(payload);
}
function encodeCompactUnencodedPayload(payload) {
  try {
    return encode(payload);
  } catch (cause) {
    throw new errors_JWSInvalid("JWS Compact Serialization payload must use only ASCII characters", {
      cause
    });
  }
}
async function verifySignature(jws, shared, key, encodeUnencodedPayload, parsedProtected) {
  const { protected: encodedProtectedHeader, header, payload: inputPayload } = jws, protectedHeader = parsedProtected ?? parseProtectedHeader(encodedProtectedHeader);
  if (!isDisjoint(protectedHeader, header))
    throw new errors_JWSInvalid("JWS Protected and JWS Unprotected Header Parameter names must be disjoint");
  const joseHeader = { ...protectedHeader, ...header }, b64 = validateB64(protectedHeader, validateCrit(errors_JWSInvalid, JWS_RECOGNIZED, shared[1], protectedHeader, joseHeader)), { alg } = joseHeader;
  if (typeof alg != "string" || !alg)
    throw new errors_JWSInvalid('JWS "alg" (Algorithm) Header Parameter missing or invalid');
  if (shared[0] && !shared[0].has(alg))
    throw new JOSEAlgNotAllowed('"alg" (Algorithm) Header Parameter value not allowed');
  if (b64) {
    if (typeof inputPayload != "string")
      throw new errors_JWSInvalid("JWS Payload must be a string");
  } else if (typeof inputPayload != "string" && !(inputPayload instanceof Uint8Array))
    throw new errors_JWSInvalid("JWS Payload must be a string or an Uint8Array instance");
  const signingPayload = b64 || typeof inputPayload != "string" ? inputPayload : encodeUnencodedPayload(inputPayload);
  let resolvedKey = !1;
  typeof key == "function" && (key = await key(protectedHeader, jws), resolvedKey = !0);
  const entry = jwsAlgorithm(alg), signingInput = concat(encodedProtectedHeader !== void 0 ? encode(encodedProtectedHeader) : new Uint8Array(), encode("."), typeof signingPayload == "string" ? shared[2] ??= encodeAsciiMember(signingPayload, "payload", errors_JWSInvalid) : signingPayload), signature = decodeBase64url(jws.signature, "signature", errors_JWSInvalid), verificationKey = await prepareKey(entry, key, "verify"), cryptoKey = await rawKey(verificationKey, entry.subtle, "verify");
  entry.minRsaBits && checkModulusLength(entry.alg, cryptoKey);
  let verified = !1;
  try {
    verified = await crypto.subtle.verify(entry.signing, cryptoKey, signature, signingInput);
  } catch (cause) {
    throw new JWSSignatureVerificationFailed(void 0, { cause });
  }
  if (!verified)
    throw new JWSSignatureVerificationFailed();
  const result = { payload: typeof signingPayload == "string" ? decodeBase64url(signingPayload, "payload", errors_JWSInvalid) : signingPayload };
  return encodedProtectedHeader !== void 0 && (result.protectedHeader = protectedHeader), header !== void 0 && (result.unprotectedHeader = header), resolvedKey ? [{ ...result, key: verificationKey }, b64] : [result, b64];
}
async function verifyCompact(jws, shared, key) {
  if (jws instanceof Uint8Array && (jws = decoder.decode(jws)), typeof jws != "string")
    throw new errors_JWSInvalid("Compact JWS must be a string or Uint8Array");
  const { 0: protectedHeader, 1: payload, 2: signature, length } = jws.split(".");
  if (length !== 3)
    throw new errors_JWSInvalid("Invalid Compact JWS");
  return verifySignature({ payload, protected: protectedHeader, signature }, shared, key, encodeCompactUnencodedPayload);
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/jws/compact/verify.js

async function compactVerify(jws, key, options) {
  const [result] = await verifyCompact(jws, prepareVerify(options), key);
  return result;
}


;// CONCATENATED MODULE: ./lib/jwt/token.js


const lastDate = 253_402_300_799;
const clockTolerance = 60;
async function readToken(jwt, { trusted, issuer }, now, invalid) {
    const claims = parseClaims(await verifiedPayload(jwt, trusted, invalid));
    if (!claims)
        throw invalid('has claims that cannot be read');
    const { iss, azp, exp, nbf, scope, aud, refresh_token: refreshToken } = claims;
    if (issuer !== undefined && iss !== issuer)
        throw invalid(`was not issued by "${issuer}" ("iss")`);
    if (!isText(isAudienceName, iss))
        throw invalid('does not say who issued it in plain text ("iss")');
    if (!isText(isName, azp))
        throw invalid('does not say to whom it was issued in plain text ("azp")');
    const [username, globalid] = [claims['username'] ?? undefined, claims['globalid'] ?? undefined];
    if ((username === undefined) === (globalid === undefined)) {
        throw invalid('does not have exactly one of "username" and "globalid"');
    }
    const identity = username ?? globalid;
    if (!isText(isName, identity))
        throw invalid('has a "username" or "globalid" that is not plain text');
    if (globalid !== undefined && globalid !== azp)
        throw invalid('names two organizations ("globalid" and "azp")');
    if (typeof exp !== 'number' || !(exp >= 0 && exp <= lastDate)) {
        throw invalid('has no expiry time in seconds ("exp")');
    }
    if (nbf !== undefined && typeof nbf !== 'number')
        throw invalid('has a start time that is not a date ("nbf")');
    if ((nbf ?? 0) > now / 1000 + clockTolerance) {
        throw invalid('is not valid yet ("nbf")', "the runner's clock is behind the server's, or the server's is ahead: correct the one that is wrong.");
    }
    const scopes = JSON.stringify(scope) === '[""]' ? [] : (scope ?? []);
    if (!isListOf(isScopeName, scopes))
        throw invalid('has scopes that are not a list of different plain names ("scope")');
    const audiences = typeof aud === 'string' ? [aud] : (aud ?? []);
    if (!isListOf(isAudienceName, audiences))
        throw invalid('has an audience that is not a list of different plain names ("aud")');
    if (refreshToken !== undefined && typeof refreshToken !== 'string') {
        throw invalid('has a refresh token that is not a text ("refresh_token")');
    }
    return {
        jwt,
        authorizedParty: azp,
        identity,
        issuer: iss,
        keyKind: username === undefined ? 'organization' : 'user',
        scopes,
        audiences,
        expiresAt: Math.floor(exp),
        refreshToken: refreshToken || undefined,
        verifiedAt: now,
    };
}
function userOf({ keyKind, identity, issuer }) {
    return keyKind === 'user' ? `${identity}@${issuer}` : undefined;
}
function scopesOf({ scopes, refreshToken }) {
    return [...scopes.filter(scope => scope !== 'offline_access'), ...(refreshToken ? ['offline_access'] : [])];
}
async function verifiedPayload(jwt, trusted, invalid) {
    if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(jwt))
        throw invalid('is not a signed JWT');
    let code;
    for (const key of trusted) {
        try {
            const { payload, protectedHeader } = await compactVerify(jwt, key, { algorithms: ['ES384'] });
            if (protectedHeader.crit === undefined)
                return payload;
            code = 'ERR_JOSE_NOT_SUPPORTED';
            break;
        }
        catch (error) {
            code = error.code;
        }
    }
    switch (code) {
        case 'ERR_JOSE_ALG_NOT_ALLOWED':
            throw invalid('is not signed with ES384');
        case 'ERR_JOSE_NOT_SUPPORTED':
            throw invalid('has an extension that this action does not know ("crit")');
        case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
            if (!/\.[\w-]{128}$/.test(jwt))
                throw invalid('has a signature that is cut off or too long', "run the job again, or tell the server's operator.");
            throw invalid("is not signed with this server's key", 'check "base-url" and "public-key". If the server\'s key was changed, use the new one, or a newer version of this action.');
        default:
            throw invalid('is not a signed JWT');
    }
}
function parseClaims(payload) {
    try {
        const value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload));
        return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
    }
    catch {
        return undefined;
    }
}
function isText(isValid, value) {
    return typeof value === 'string' && isValid(value);
}
function isListOf(isValid, value) {
    return Array.isArray(value) && value.every(entry => isText(isValid, entry)) && new Set(value).size === value.length;
}

;// CONCATENATED MODULE: ./lib/jwt/verify.js




async function verifyNew(jwt, clientId, { scopes, audiences }, verifier) {
    const { token, invalid } = await verifyIssued(jwt, clientId, verifier);
    const lacking = audiences.filter(audience => !token.audiences.includes(audience));
    if (lacking.length)
        throw invalid(`lacks the audience ${listInQuotes(lacking)} that was asked for ("aud")`);
    const extraAudiences = token.audiences.filter(audience => !audiences.includes(audience));
    if (extraAudiences.length) {
        throw new ActionError('ERR_MORE_THAN_REQUESTED', 'audience', extraAudiences, whatToAdd('audience', false));
    }
    const granted = scopesOf(token);
    const extra = [...token.scopes, ...granted].filter(scope => !scopes.includes(scope));
    if (extra.length) {
        const isUnsafe = extra.some(scope => allRights.has(scope) || scope === 'offline_access');
        throw new ActionError('ERR_MORE_THAN_REQUESTED', 'scope', [...new Set(extra)], whatToAdd('scope', isUnsafe));
    }
    const missing = scopes.filter(scope => !granted.includes(scope));
    if (missing.length)
        throw new ActionError('ERR_SCOPE_NOT_GRANTED', missing, scopes, granted, whyNotGranted(missing));
    return token;
}
async function verifyIssued(jwt, authorizedParty, { keys, server, now }) {
    const invalid = (found, remedy) => new ActionError('ERR_JWT_INVALID', server, found, remedy);
    const token = await readToken(jwt, keys, now(), invalid);
    refuseExpired(token, { server, now });
    if (token.authorizedParty !== authorizedParty)
        throw invalid('was issued to another application id ("azp")');
    return { token, invalid };
}
function refuseExpired({ expiresAt }, { server, now }) {
    const secondsAgo = Math.floor(now() / 1000) - expiresAt;
    if (secondsAgo >= clockTolerance)
        throw new ActionError('ERR_JWT_EXPIRED', server, secondsAgo);
}
function whatToAdd(input, isUnsafe) {
    return isUnsafe ? "ask the server's operator." : `add what the job needs to "${input}", or ask the server's operator.`;
}
function whyNotGranted(missing) {
    if (missing.some(scope => scope.startsWith('user:memberof:'))) {
        return 'the user is probably not a member there. Add the user to the organization, or correct "scope".';
    }
    if (missing.every(scope => scope === 'offline_access')) {
        return "the JWT has no refresh token. Remove offline_access if nothing has to renew the JWT, or ask the server's operator.";
    }
    return `the server left ${missing.length > 1 ? 'them' : 'it'} out. Correct "scope", or ask the server's operator.`;
}

;// CONCATENATED MODULE: ./lib/jwt/renewal.js



async function verifyGrant(credentials, { keys, now }) {
    if (credentials.grant === 'client_credentials')
        return credentials;
    const old = await readToken(credentials.jwt, keys, now(), found => new ActionError('ERR_JWT_INPUT', found));
    if (!old.refreshToken)
        throw new ActionError('ERR_NOT_REFRESHABLE');
    return { grant: 'refresh', old };
}
async function verifyRenewed(jwt, old, verifier) {
    const { token, invalid } = await verifyIssued(jwt, old.authorizedParty, verifier);
    if (jwt === old.jwt) {
        throw invalid('is the JWT that was to be renewed', 'a cache answered. Ask its operator to leave this server out.');
    }
    if (token.identity !== old.identity || token.keyKind !== old.keyKind) {
        throw invalid('is for another identity than the JWT that was renewed');
    }
    if (token.issuer !== old.issuer)
        throw invalid('has another issuer than the JWT that was renewed ("iss")');
    if (!token.scopes.every(scope => old.scopes.includes(scope))) {
        throw invalid('has scopes that the JWT that was renewed did not have');
    }
    if (token.audiences.join() !== old.audiences.join()) {
        throw invalid('does not have the audience of the JWT that was renewed ("aud")');
    }
    return token;
}

;// CONCATENATED MODULE: ./lib/report/time-span.js
function inWords(seconds) {
    if (seconds < 120)
        return `${seconds} s`;
    const minutes = Math.round(seconds / 60);
    const parts = [Math.floor(minutes / 60) && `${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`];
    return parts.filter(Boolean).join(' ');
}

;// CONCATENATED MODULE: ./lib/report/warnings.js





const warnings_warnings = {
    allRights: (scope, isRenewal) => {
        const remedy = scope === 'user:admin'
            ? 'Request only what the job needs, such as "scope: user:name".'
            : 'For AYS, write "scope: organization:owner:ays".';
        const what = scope === 'user:admin'
            ? "all the user's API keys and make new ones"
            : "all the organization's API keys and change its members";
        return `The scope "${scope}" allows everything: anyone who reads the JWT can read the secrets of ${what}. ${isRenewal ? 'A renewal keeps it: get a new JWT with "app-id" and "secret" and a smaller "scope".' : remedy}`;
    },
    unknownScopes: (scopes) => `No known program uses the ${scopes.length > 1 ? 'scopes' : 'scope'} ${shortList(scopes)}: check the spelling.`,
    audience: () => 'OpenvCloud does not accept a JWT with an audience: for OpenvCloud, get a JWT without one.',
    summaryNotWritten: () => 'The summary could not be written, but the JWT is set: check whether the runner\'s disk is full, or leave "summary" out.',
    shortValidity: () => 'JumpScale and the Go SDK treat a JWT as expired 5 minutes early: set "validity" above 5m for them.',
    otherLife: (lives, requested) => `The JWT is valid for ${inWords(Math.max(0, lives))} by the runner's clock, and the action requested ${inWords(requested)}. ${lives < requested
        ? "The runner's clock is ahead of the server's, the server shortened the validity, its answer took long, or a cache answered: check both clocks."
        : "The server ignored the requested validity, or the runner's clock is behind the server's: check both clocks, or tell the server's operator."}`,
    renewable: (isRenewal) => `Anyone who reads this JWT can renew it without the secret, because it contains a refresh token: ${isRenewal
        ? 'get a new JWT with "app-id" and "secret" instead, if the job can have them.'
        : 'remove offline_access from "scope", unless something must renew the JWT.'}`,
    scopesLost: (scopes) => `The renewed JWT no longer has ${listInQuotes(scopes)}, which the old JWT had: if the job needs ${scopes.length > 1 ? 'them' : 'it'}, get a new JWT with "app-id" and "secret".`,
};
function warningsAboutScopes(scopes) {
    const found = scopes.filter(scope => allRights.has(scope)).map(scope => warnings_warnings.allRights(scope, false));
    const unknown = scopes.flatMap(scope => {
        const likely = likelyScope(scope);
        if (likely === undefined)
            return [];
        return [`"${scope}"${likely && ` (did you mean "${likely}"?)`}`];
    });
    return unknown.length ? [...found, warnings_warnings.unknownScopes(unknown)] : found;
}
function warningsAboutToken(token, { validity, aysUrl }, old) {
    const powerful = old ? token.scopes.filter(scope => allRights.has(scope)) : [];
    const found = powerful.map(scope => warnings_warnings.allRights(scope, true));
    const lives = token.expiresAt - token.verifiedAt / 1000;
    if (token.refreshToken)
        found.push(warnings_warnings.renewable(old !== undefined));
    if (token.audiences.length && token.keyKind === 'user' && !aysUrl)
        found.push(warnings_warnings.audience());
    if (validity <= 300)
        found.push(warnings_warnings.shortValidity());
    if (Math.abs(lives - validity) > clockTolerance)
        found.push(warnings_warnings.otherLife(Math.round(lives), validity));
    const lost = old ? scopesOf(old).filter(scope => !scopesOf(token).includes(scope)) : [];
    if (lost.length)
        found.push(warnings_warnings.scopesLost(lost));
    return found;
}

;// CONCATENATED MODULE: ./lib/report/report.js




function report(token, settings, old, hasAccount, now) {
    const { envVars, baseUrl, ovcUrl, aysUrl } = settings;
    const expiresAt = new Date(token.expiresAt * 1000).toISOString().replace('.000Z', 'Z');
    const expiresIn = Math.max(0, Math.floor(token.expiresAt - now / 1000));
    const user = userOf(token);
    const outputs = {
        jwt: token.jwt,
        'expires-at': expiresAt,
        'expires-in': String(expiresIn),
        identity: token.identity,
        scope: token.scopes.join(','),
        ...(user && { 'ovc-user': user }),
    };
    const who = `${shownName(token.identity)} (${token.keyKind} key ${shownName(token.authorizedParty)})`;
    const scopes = token.scopes.map(shownName).join(', ') || 'none';
    const audiences = token.audiences.map(shownName).join(', ');
    const noAccount = hasAccount === false ? ` No account there names ${shownName(user ?? '')}; creating a cloud space needs one.` : '';
    const places = [
        ...(ovcUrl ? [`OpenvCloud at ${ovcUrl} accepts the JWT.${noAccount}`] : []),
        ...(aysUrl ? [`AYS at ${aysUrl} accepts the JWT.`] : []),
    ];
    return {
        outputs,
        lines: [
            `Identity: ${who}`,
            `Scopes: ${scopes}${token.refreshToken ? ' (renewable)' : ''}${audiences && `; audience: ${audiences}`}`,
            `Valid until ${expiresAt} (${inWords(expiresIn)}).`,
            ...(places.length
                ? places
                : ['No server was asked whether it accepts the JWT ("ovc-url" and "ays-url" are empty).']),
            `Set ${[...envVars.map(name => `$${name}`), 'the output jwt'].join(', ').replace(/, (the output)/, ' and $1')}.`,
        ],
        warnings: warningsAboutToken(token, settings, old),
        summary: [
            ['Identity', who],
            ['Scopes', scopes],
            ['Audience', audiences || 'none'],
            ['Valid for', inWords(expiresIn)],
            ['Valid until', expiresAt],
            ['Server', baseUrl],
            ['Accepted by', places.join(' ') || 'no server was asked'],
        ],
    };
}

;// CONCATENATED MODULE: ./lib/runner/files.js





const source = { get: readInput, env: process.env, event: readEvent };
function readNetwork() {
    const variable = !process.env['https_proxy'] && process.env['HTTPS_PROXY'] ? 'HTTPS_PROXY' : 'https_proxy';
    const exceptions = process.env['no_proxy'] || process.env['NO_PROXY'] || '';
    return {
        proxies: { variable, value: process.env[variable] ?? '', exceptions },
        hasExtraCa: Boolean(process.env['NODE_EXTRA_CA_CERTS']),
    };
}
function mask(secrets) {
    process.stdout.cork();
    for (const secret of secrets) {
        core_setSecret(secret);
        if (secret.includes('%') && !/%(25|0A|0D)|[\r\n]/i.test(secret))
            info(`::add-mask::${secret}`);
    }
    process.stdout.uncork();
}
function readInput(name) {
    return process.env[`INPUT_${name.toUpperCase()}`] === undefined ? undefined : getInput(name);
}
function readEvent() {
    try {
        const path = process.env['GITHUB_EVENT_PATH'] ?? '';
        return (0,external_node_fs_namespaceObject.statSync)(path).isFile() ? JSON.parse((0,external_node_fs_namespaceObject.readFileSync)(path, 'utf8')) : undefined;
    }
    catch {
        return undefined;
    }
}
function checkRunner() {
    checkFile('GITHUB_OUTPUT');
    if (isDebug())
        setCommandEcho(false);
}
function checkFiles({ envVars, summary }) {
    checkFile('GITHUB_OUTPUT');
    if (envVars.length)
        checkFile('GITHUB_ENV');
    if (summary)
        checkFile('GITHUB_STEP_SUMMARY');
}
function checkFile(variable) {
    const path = process.env[variable] ?? '';
    let isFile = false;
    try {
        const file = (0,external_node_fs_namespaceObject.statSync)(path);
        const isLog = [1, 2].some(stream => (0,external_node_fs_namespaceObject.fstatSync)(stream).ino === file.ino && (0,external_node_fs_namespaceObject.fstatSync)(stream).dev === file.dev);
        isFile = file.isFile() && !isLog;
        if (isFile)
            (0,external_node_fs_namespaceObject.closeSync)((0,external_node_fs_namespaceObject.openSync)(path, external_node_fs_namespaceObject.constants.O_WRONLY | external_node_fs_namespaceObject.constants.O_APPEND));
    }
    catch (error) {
        const { code = '' } = error;
        if (['EACCES', 'EPERM', 'EROFS'].includes(code))
            throw new ActionError('ERR_RUNNER_FILES_DENIED', variable, code);
        isFile = false;
    }
    if (!isFile)
        throw new ActionError('ERR_RUNNER_FILES', variable);
}
function warn(warnings) {
    for (const warning of warnings)
        core_warning(warning);
}
async function publish({ outputs, lines, warnings, summary }, settings) {
    checkFiles(settings);
    try {
        for (const [name, value] of Object.entries(outputs))
            setOutput(name, value);
        for (const name of settings.envVars)
            exportVariable(name, outputs['jwt']);
    }
    catch (error) {
        throw new ActionError('ERR_OUTPUTS_INCOMPLETE', error.code ?? 'unknown');
    }
    info(lines.join('\n'));
    warn(warnings);
    if (settings.summary) {
        const rows = summary.map(([name, value]) => [{ data: name, header: true }, escapeHtml(value)]);
        const written = summary_summary.addHeading('ItsYou.online JWT', 3).addTable(rows).write();
        await written.catch(() => core_warning(warnings_warnings.summaryNotWritten()));
    }
}

;// CONCATENATED MODULE: ./lib/runner/masks.js

const shortest = 8;
const most = 256;
const longestInPieces = 80 * 21;
function secretsOfRun({ get, env }) {
    const secret = (get('secret') ?? '').trim();
    const jwt = (get('jwt') ?? '').trim().replace(/^bearer\s+/i, '');
    const proxies = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].flatMap(name => env[name] || []);
    const forms = secret.length > longestSecret ? [] : [formEncoded(secret), ...formsOfSecret(secret)];
    return unique([
        ...[secret, ...forms].filter(Boolean),
        ...atLeast(shortest, [jwt]),
        ...secretsOfJwt(jwt),
        ...atLeast(4, proxies.flatMap(secretsOfProxy)),
    ]);
}
function secretsOfJwt(jwt) {
    const [header = '', payload = ''] = jwt.split('.');
    if (!/^[\w-]+\.[\w-]+\.[\w-]{128}$/.test(jwt) || readPart(header)['alg'] !== 'ES384')
        return [];
    const refreshToken = readPart(payload)['refresh_token'];
    return secretsOfToken({ jwt, refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined });
}
function secretsOfToken({ jwt, refreshToken = '' }) {
    const [header = '', payload = '', signature = ''] = jwt.split('.');
    const wholes = [signature, payload, jwt, /^[\w-]{16,}$/.test(refreshToken) ? refreshToken : ''];
    const text = jwt.slice(header.length - 2);
    const pieces = text.length <= longestInPieces ? piecesOfJwt(text) : piecesOfLongJwt(text, jwt);
    const base64 = alignments.flatMap(skip => [base64Of(jwt, skip), base64Of(jwt, skip, 'utf16le')]);
    return unique(atLeast(shortest, [...wholes, ...base64, ...pieces])).slice(0, most);
}
function readPart(part) {
    try {
        const value = JSON.parse(Buffer.from(part, 'base64url').toString());
        return typeof value === 'object' && value !== null ? { ...value } : {};
    }
    catch {
        return {};
    }
}
const alignments = [0, 1, 2];
function piecesOfJwt(text) {
    return alignments.flatMap(skip => {
        const groups = wholeGroups(Buffer.from(text), skip);
        const pieces = [...cut(groups, 21), groups.subarray(-21), groups.subarray(-12)];
        return pieces.map(bytes => (skip ? bytes.toString('base64') : bytes.toString()));
    });
}
function piecesOfLongJwt(text, jwt) {
    const size = Math.max(24, Math.ceil(text.length / 200));
    const plain = [...cut(Buffer.from(text), size), Buffer.from(text.slice(-size))].map(String);
    const groups = wholeGroups(Buffer.from(jwt), 0);
    const lines = [57, 48].flatMap(bytes => [
        ...cut(groups, bytes),
        groups.subarray(groups.length - (groups.length % bytes)),
    ]);
    return [...plain, ...lines.map(line => line.toString('base64'))];
}
function formsOfSecret(secret) {
    const interiors = alignments.flatMap(skip => {
        const groups = wholeGroups(Buffer.from(secret), skip);
        return [groups.toString('base64'), groups.toString('base64url')];
    });
    const forms = unique(interiors).flatMap(text => [text, ...(text.match(/.{12}/g) ?? []), text.slice(-12)]);
    const utf16 = alignments.map(skip => base64Of(secret, skip, 'utf16le'));
    const lower = /^\S{16,}$/.test(secret) ? [secret.toLowerCase()] : [];
    return atLeast(shortest, [...forms, ...utf16, ...lower]);
}
function base64Of(text, skip, encoding = 'utf8') {
    return wholeGroups(Buffer.from(text, encoding), skip).toString('base64');
}
function wholeGroups(bytes, skip) {
    return bytes.subarray(skip, bytes.length - ((bytes.length - skip) % 3));
}
function cut(bytes, size) {
    return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
function formEncoded(text) {
    return new URLSearchParams({ '': text }).toString().slice(1);
}
function secretsOfProxy(text) {
    const userInfos = [text, `http://${text}`].filter(url => URL.canParse(url)).map(url => new URL(url));
    const parsed = userInfos.map(({ username, password }) => [username, password]);
    const [, user = '', password = ''] = /^[\s"'`<]*(?:\w+=["'`]?)?(?:[\w+.-]+(?::[/\\]+|[/\\]{2}))*([^:@/]*):([^/\\].*)@/s.exec(text) ?? [];
    return [...parsed, [user, password]].flatMap(([name, word]) => {
        const pairs = name && word ? [`${name}:${word}`, `${percentDecoded(name)}:${percentDecoded(word)}`] : [];
        return word ? [...pairs, word, percentDecoded(word)] : [];
    });
}
function percentDecoded(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return text;
    }
}
function atLeast(length, values) {
    return values.filter(value => value.trim().length >= length);
}
function unique(values) {
    return [...new Set(values)];
}

;// CONCATENATED MODULE: ./lib/runner/process.js



function start(story) {
    const cancelled = new Promise(resolve => {
        for (const signal of ['SIGINT', 'SIGTERM'])
            process.on(signal, resolve);
    });
    Error.prepareStackTrace = (_error, frames) => frames.map(frame => frame.getFunctionName() ?? '(anonymous)').join(', ');
    process.on('uncaughtException', end);
    process.removeAllListeners('warning');
    story(cancelled).then(() => end(), end);
}
let hasEnded = false;
function end(error) {
    if (hasEnded)
        return;
    hasEnded = true;
    if (error !== undefined)
        fail(error);
    process.stdout.write('', () => {
        if (error !== undefined && isLookupOpen())
            process.kill(process.pid, 'SIGKILL');
        process.exit();
    });
}
function fail(error) {
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    const known = error instanceof ActionError ? error : new ActionError('ERR_UNEXPECTED', kind);
    setFailed(known.message);
    if (known !== error && error instanceof Error)
        core_debug(`${kind} in ${error.stack}`);
    const page = pageOf(known.code, process.env);
    if (page)
        info(`How to fix it: ${page}`);
}
function pageOf(code, env) {
    const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
    if (server !== 'https://github.com' || !repository || !ref)
        return undefined;
    if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || !/^[\w./-]{1,200}$/.test(ref))
        return undefined;
    return `${server}/${repository}/blob/${ref}/docs/troubleshooting.md#${code.toLowerCase()}`;
}

;// CONCATENATED MODULE: ./lib/token-endpoint/hints.js
function isApplicationId(appId) {
    return /^[\w-]{28}$/.test(appId) && /[A-Z]/.test(appId);
}
function isGlobalId(appId) {
    return /^[a-z\d\-_\s.]{3,150}$/.test(appId);
}
function kindOfId(appId) {
    return isApplicationId(appId) ? 'user' : isGlobalId(appId) ? 'organization' : 'neither';
}
function kindOfSecret(secret) {
    return /^[\w-]{28}$/.test(secret) ? 'user' : /^[\w-]{52}$/.test(secret) ? 'organization' : 'neither';
}
function clauseFor400(appId, secret, server) {
    const again = "Copy both again from the API key's page.";
    const same = 'Copy both from the same API key.';
    const notAnId = `"app-id" is not an application id, which is 28 letters (some capital), digits, "-" or "_" (this has ${[...appId].length} characters)`;
    if (kindOfSecret(appId) === 'organization' && !isGlobalId(appId)) {
        return isGlobalId(secret)
            ? '"app-id" and "secret" of an organization\'s key are swapped. Exchange them.'
            : '"app-id" has the length of an organization\'s secret (52 characters). Put the organization\'s global id there.';
    }
    const clauses = {
        user: {
            user: `"app-id" and "secret" do not belong together (they are swapped, or one is wrong), or the key was deleted or is a key of another server. Copy both from a key on ${server}.`,
            organization: `"app-id" has the form of a user's, and "secret" has the length of an organization's (52 characters). ${same}`,
            neither: `"app-id" has the form of a user's, and "secret" does not: it is not 28 letters, digits, "-" or "_". It was probably cut or changed. ${again}`,
        },
        organization: {
            user: `${notAnId}, and "secret" has the length of a user's (28 characters). ${same}`,
            organization: `"app-id" or "secret" is wrong, the key was deleted or is a key of another server than ${server}, or "May be used in client credentials grant types" is off. Check the key on the organization's settings page.`,
            neither: `"secret" is not 28 (user) or 52 (organization) letters, digits, "-" or "_". It was probably cut or changed. ${again}`,
        },
        neither: {
            user: `${notAnId}. ${again}`,
            organization: isGlobalId(appId.toLowerCase())
                ? '"app-id" has capital letters, which no organization\'s global id has. Write the global id, which the organization\'s settings page shows.'
                : `"app-id" is not an organization's global id, and "secret" has the length of an organization's (52 characters). ${same}`,
            neither: `${notAnId}, and not a global id, which is 3 to 150 lower-case letters, digits, "-", "_", dots or spaces. "secret" is not 28 or 52 letters, digits, "-" or "_". ${again}`,
        },
    };
    return clauses[kindOfId(appId)][kindOfSecret(secret)];
}
function clauseFor401(appId, scopes) {
    const isUser = isApplicationId(appId);
    if (isUser && scopes.some(scope => scope.startsWith('organization:'))) {
        return 'a user\'s key may not have "organization:" scopes. Write "scope: user:name" for OpenvCloud, or "scope: user:memberof:<organization>" for AYS.';
    }
    if (!isUser && scopes.some(scope => scope.startsWith('user:'))) {
        return 'an organization\'s key may not have "user:" scopes. For AYS, write "scope: organization:owner:ays". For OpenvCloud, use a user\'s key.';
    }
    return undefined;
}

;// CONCATENATED MODULE: ./lib/token-endpoint/redirect.js


function redirectRemedy(location, server, secrets) {
    const elsewhere = 'if the server has moved to another address, set "base-url" to it. If a login page is in front of the server, ask its operator to let this request through.';
    const target = location !== undefined && URL.canParse(location, server) ? new URL(location, server) : undefined;
    if (!target)
        return elsewhere;
    const path = /^((?:\/[\w.-]+){0,8})\/v1\/oauth\/(?:access_token|jwt\/refresh)$/.exec(target.pathname)?.[1];
    const isAllowed = target.protocol === 'https:' || (target.protocol === 'http:' && isLoopback(target.hostname));
    if (path === undefined || path.length > 100 || !isAllowed)
        return elsewhere;
    if (!/^([a-z0-9.-]{1,253}|\[[\da-f:]+\])(:\d+)?$/.test(target.host))
        return elsewhere;
    const address = target.origin + path;
    if (address === server || sharesText(address, secrets))
        return elsewhere;
    return `set "base-url" to ${address} if that is your server's new address.`;
}

;// CONCATENATED MODULE: ./lib/token-endpoint/answer.js




const answerLimit = 64 * 1024;
function readJwt(answer, server, grant, scopes) {
    const { status, body, isWhole, mediaType, hasChallenge, location } = answer;
    if (status === 200) {
        if (!isWhole)
            throw new ActionError('ERR_NOT_A_JWT', server, `more than ${answerLimit} bytes`);
        return jwtIn(body, server);
    }
    if (redirectStatuses.has(status)) {
        const secrets = grant.grant === 'refresh' ? [grant.old.jwt, grant.old.refreshToken ?? ''] : [grant.clientSecret];
        throw new ActionError('ERR_REDIRECT', server, redirectRemedy(location, server.url, secrets));
    }
    if (status === 404)
        throw new ActionError('ERR_NOT_FOUND', server);
    const isOwn = mediaType === 'text/plain' && !hasChallenge;
    if (isOwn && status === 401) {
        if (grant.grant === 'refresh')
            throw new ActionError('ERR_RENEWAL_REFUSED', server);
        const reason = clauseFor401(grant.clientId, scopes);
        if (reason !== undefined)
            throw new ActionError('ERR_SCOPE_REFUSED', server, scopes, reason);
    }
    if (isOwn && status === 400 && grant.grant === 'client_credentials') {
        const reason = clauseFor400(grant.clientId, grant.clientSecret, server.url);
        throw new ActionError('ERR_CREDENTIALS_REJECTED', server, reason);
    }
    throw new ActionError('ERR_UNEXPECTED_STATUS', server, status);
}
function jwtIn(body, server) {
    const notAJwt = (found) => new ActionError('ERR_NOT_A_JWT', server, found);
    const text = body.trim();
    if (!text)
        throw notAJwt('nothing');
    if (text.startsWith('<'))
        throw notAJwt('an HTML page');
    const token = text.startsWith('{') ? accessTokenIn(text) : text;
    if (token === undefined)
        throw notAJwt('JSON of another shape');
    if (typeof token === 'string' && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token))
        return token;
    const isOpaque = typeof token === 'string' && /^[\w-]{20,64}$/.test(token);
    throw notAJwt(isOpaque ? 'an opaque access token' : 'something else');
}
function accessTokenIn(json) {
    try {
        return JSON.parse(json)['access_token'];
    }
    catch {
        return '';
    }
}

;// CONCATENATED MODULE: ./lib/token-endpoint/request.js

async function requestJwt(ask, server, grant, settings) {
    const answer = await ask(tokenRequest(grant, settings), server);
    return readJwt(answer, server, grant, settings.scopes);
}
function tokenRequest(grant, { scopes, audiences, validity, baseUrl }) {
    const form = new URLSearchParams();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    if (grant.grant === 'client_credentials') {
        form.set('grant_type', 'client_credentials');
        form.set('client_id', grant.clientId);
        form.set('client_secret', grant.clientSecret);
        form.set('response_type', 'id_token');
        form.set('scope', scopes.join(','));
        if (audiences.length)
            form.set('aud', audiences.join(','));
    }
    else {
        headers['authorization'] = `bearer ${grant.old.jwt}`;
    }
    form.set('validity', String(validity));
    const path = grant.grant === 'client_credentials' ? '/v1/oauth/access_token' : '/v1/oauth/jwt/refresh';
    return { method: 'POST', url: baseUrl + path, headers, body: form.toString(), limit: answerLimit };
}

;// CONCATENATED MODULE: ./lib/main.js

















start(async (cancelled) => {
    checkRunner();
    mask(secretsOfRun(source));
    const { credentials, settings } = readInputs(source);
    checkFiles(settings);
    warn(warningsAboutScopes(settings.scopes));
    const { proxies, hasExtraCa } = readNetwork();
    const { identityServer, ovcServer, aysServer } = serversOf(settings, proxies);
    const keys = await verificationKeys(settings.publicKey, settings.baseUrl);
    const verifier = { keys, server: identityServer, now: Date.now };
    const grant = await verifyGrant(credentials, verifier);
    const world = { now: Date.now, elapsed: () => performance.now(), random: Math.random, sleep: promises_namespaceObject.setTimeout, cancelled, log: info };
    const ask = askWithin(settings, hasExtraCa, world);
    const jwt = await requestJwt(ask, identityServer, grant, settings);
    const token = grant.grant === 'refresh'
        ? await verifyRenewed(jwt, grant.old, verifier)
        : await verifyNew(jwt, grant.clientId, settings, verifier);
    mask(secretsOfToken(token));
    const hasAccount = ovcServer && (await checkOpenvCloud(ask, ovcServer, token, settings.baseUrl));
    if (aysServer)
        await checkAys(ask, aysServer, token);
    refuseExpired(token, verifier);
    const old = grant.grant === 'refresh' ? grant.old : undefined;
    await publish(report(token, settings, old, hasAccount, Date.now()), settings);
});

module.exports = __webpack_exports__;
/******/ })()
;