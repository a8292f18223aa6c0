/** The names of environment variables that later steps read the JWT from. */

import { expect, test } from '@jest/globals'
import { readEnvVars } from '../../../src/inputs/env-vars.ts'
import { rowsOf, saying, words } from '../../support/rows.ts'

test.each<[value: string, names: string]>([
  ['', ''],
  ['OVC_JWT, TF_VAR_x\n_a1', 'OVC_JWT TF_VAR_x _a1'],
  ['A,A', 'A'],
  ['HUB_JWT MY_PATH PATHS CIJWT XLD_A', 'HUB_JWT MY_PATH PATHS CIJWT XLD_A'],
])('%j is %j', (value, names) => expect(readEnvVars(value).join(' ')).toEqual(names))

test.each(
  rowsOf({
    'write "env-var: \'\'" to export no variable.': words('true false False none null NULL no off'),
    'write a name such as JWT: letters, digits and underscores, with no digit at its start.':
      words('1JWT MY-JWT a.b a=b é $JWT'),
    'names like this are reserved for the runner or for tools. Choose another, such as JWT.': words(`
      PATH Path CI GITHUB_TOKEN RUNNER_TEMP ACTIONS_X INPUT_X STATE_x HOME SHELL ENV BASH_ENV SHELLOPTS PROMPT_COMMAND
      PS4 IFS LD_PRELOAD DYLD_INSERT_LIBRARIES TMPDIR COMSPEC SystemRoot PSModulePath NODE_OPTIONS NODE_EXTRA_CA_CERTS
      PYTHONPATH PYTHONSTARTUP PERL5LIB PERL5OPT RUBYOPT JAVA_TOOL_OPTIONS _JAVA_OPTIONS GIT_SSH_COMMAND https_proxy
      ALL_PROXY NO_PROXY SSL_CERT_FILE OPENSSL_CONF CURL_HOME CURL_CA_BUNDLE MAKEFLAGS TAR_OPTIONS LC_ALL TZ PWD SECONDS
      USERPROFILE APPDATA XDG_CONFIG_HOME PERLLIB PIP_INDEX_URL JAVA_HOME GLIBC_TUNABLES _`),
  }),
)('%s is an error: %s', (value, says) => {
  const error = saying('ERR_ENV_VAR_INVALID', `"env-var" is "${value}", which is not valid: ${says}`)
  expect(() => readEnvVars(value)).toThrow(error)
})

test('a name that is one of several, or cannot be shown, is described', () => {
  expect(() => readEnvVars('A no')).toThrow('"env-var" contains "no", which is not valid: ')
  expect(() => readEnvVars('a\u0007b')).toThrow('"env-var" is too long or contains invalid characters: write a name')
})
