/** The input "env-var": names of environment variables. */

import { ActionError } from '../errors/error.ts'
import { quoteOrDescribe } from '../shown.ts'

// Names that change how programs of later steps run, or that the runner owns.
const reserved: readonly string[] = [
  // the runner
  'CI GITHUB_* RUNNER_* ACTIONS_* INPUT_* STATE_*',
  // shells, and how programs are found and loaded
  'PATH PATHEXT HOME SHELL IFS ENV BASH BASH_ENV BASH_COMPAT BASH_XTRACEFD BASHOPTS BASHPID SHELLOPTS PROMPT_COMMAND PS4',
  'CDPATH GLOBIGNORE ZDOTDIR PWD OLDPWD SHLVL _ UID EUID PPID LINENO RANDOM SRANDOM SECONDS GROUPS FUNCNAME DIRSTACK',
  'EPOCHSECONDS EPOCHREALTIME HISTCMD OPTIND LD_* DYLD_* GLIBC_TUNABLES GCONV_PATH TMPDIR TMP TEMP TZ LANG LC_ALL LC_CTYPE',
  'LC_MESSAGES XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_DATA_HOME XDG_DATA_DIRS EDITOR VISUAL PAGER',
  // Windows
  'COMSPEC SYSTEMROOT WINDIR PSMODULEPATH USERPROFILE APPDATA LOCALAPPDATA',
  // languages
  'NODE_* NPM_* PYTHON* PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE PERL5* PERLLIB RUBY* GEM_* PHP_* CLASSPATH',
  'JAVA_HOME JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS MAVEN_OPTS GRADLE_OPTS DOTNET_* CARGO_* RUSTC_* GOPATH',
  'GOROOT GOENV GOFLAGS GOPROXY GONOPROXY GOPRIVATE GOSUMDB GONOSUMDB GOINSECURE GOVCS GOAUTH GOTOOLCHAIN GOWORK GOBIN',
  'GOCACHE GOMODCACHE GOTMPDIR GODEBUG GOEXPERIMENT GOOS GOARCH',
  // tools, proxies and TLS
  'MAKEFLAGS TAR_OPTIONS GIT_* SSH_* DOCKER_* CURL_* SSL_* OPENSSL_* REQUESTS_CA_BUNDLE *_PROXY',
].flatMap(names => names.split(' '))

/** Compared in upper case: Windows takes `Path` for `PATH`. */
function isReserved(name: string): boolean {
  const upper = name.toUpperCase()
  return reserved.some(entry => {
    if (entry.startsWith('*')) return upper.endsWith(entry.slice(1))
    return entry.endsWith('*') ? upper.startsWith(entry.slice(0, -1)) : upper === entry
  })
}

/** What people write who want no variable: each would be a valid name. */
const none = /^(true|false|none|null|no|off)$/i

/** @throws ActionError for a name that no shell takes, and for one that is reserved. */
export function readEnvVars(value: string): string[] {
  const names = [...new Set(value.split(/[\s,]/).filter(Boolean))]
  for (const name of names) {
    const found = quoteOrDescribe(name, name === value ? 'is' : 'contains')
    const invalid = (remedy: string) => new ActionError('ERR_ENV_VAR_INVALID', 'env-var', found, remedy)
    if (none.test(name)) throw invalid(`write "env-var: ''" to export no variable.`)
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw invalid('write a name such as JWT: letters, digits and underscores, with no digit at its start.')
    }
    if (isReserved(name)) {
      throw invalid('names like this are reserved for the runner or for tools. Choose another, such as JWT.')
    }
  }
  return names
}
