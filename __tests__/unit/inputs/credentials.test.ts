/** Credentials that no key has: each is an error before any request. */

import { expect, test } from '@jest/globals'
import { read } from '../../support/inputs.ts'
import { rowsOf, saying, words } from '../../support/rows.ts'

const pair = { 'app-id': 'AbCdEfGhIjKlMnOpQrStUvWxYz-_', secret: 'abcdefghijklmnopqrstuvwxyz-_' }
const none = { 'app-id': '', secret: '' }

test.each([
  ["a user's key", pair['app-id'], pair.secret],
  ["an organization's key", 'cloud  potatoes.sub', 'x'.repeat(52)],
  ['a global id like an expression', 'env.prod', pair.secret],
  ['a global id that contains one', 'my secrets.prod', pair.secret],
  ['a global id that begins with one', 'secrets.my org', pair.secret],
  ['any other text', 'josé', 's3cr3t +%&=/#"\'<é€>'],
  ['text that ends with an equals sign', 'a', 'c2VjcmV0=='],
  ['the longest secret', 'a', 'x'.repeat(512)],
])('%s is accepted', (_what, clientId, clientSecret) => {
  const credentials = { grant: 'client_credentials', clientId, clientSecret }
  expect(read({ 'app-id': clientId, secret: clientSecret }).credentials).toEqual(credentials)
})

// Each is an error with one character less.
test.each([
  ...words(`xsecrets.a secrets.a+ x$A $A+ x\${A} \${A}x x%A% %A%x +A=b "a"x x"a" <a>x x<a> ***x x*** “a”x x“a” "a'`),
  ...[`x\${{ a }}`, '{{ a }}x', 'xeyJa.b.c', 'eyJa.b.c+'],
])('%j may be a secret', secret => expect(read({ secret }).credentials).toMatchObject({ clientSecret: secret }))

const texts = {
  'contains the text of an expression instead of its value: write the expression itself in the workflow, such as ${{ ':
    [
      ...words(
        `secrets.OVC_SECRET vars.OVC_APP_ID SECRETS.x {{secrets.X}} \${secrets.X} $secrets.X secrets['X'] (vars.X)`,
      ),
      ...[`\${{ secrets.X }}`, '{{ x }}', '$ {{ secrets.X }}'],
    ],
  "contains a variable's name instead of its value: the runner does not replace it here. Write ${{ secrets.NAME }}, or":
    [...words(`$OVC_SECRET \${OVC_SECRET} $(OVC_SECRET) $env:OVC_SECRET %OVC_SECRET%`)],
  'contains a name and an equals sign: store only what follows the equals sign.': [
    ...['SECRET=value', 'export  OVC_SECRET=value', 'app-id=x', 'SECRET = value'],
  ],
  'has quotation marks around it: remove them.': [
    '"value"',
    "'value'",
    '`value`',
    '"two\nlines"',
    '“value”',
    '‘value’',
  ],
  'is a placeholder: put ': ['<secret>', '<your secret here>', '***'],
}

test.each(rowsOf(texts))('%j instead of a credential is an error: it %s', (value, says) => {
  for (const input of ['app-id', 'secret', 'jwt']) {
    const others = input === 'jwt' ? none : pair
    const error = saying('ERR_CREDENTIALS_INVALID', `"${input}" ${says}`)
    expect(() => read({ ...others, [input]: value })).toThrow(error)
  }
})

const jwt = 'eyJhbGciOiJFUzM4NCJ9.eyJ1c2VybmFtZSI6ImphbmUifQ.c2lnbmF0dXJl'
const again = "copy it again from the API key's page."

test.each<[input: string, value: string, says: string]>([
  ['app-id', 'jane@example.org', `contains "@", which no application id has: ${again}`],
  ['app-id', 'a\u202eb', `contains characters that no application id has, or is too long: ${again}`],
  ['app-id', jwt, 'is a JWT: write the API key\'s own value, or renew that JWT with the input "jwt".'],
  ['secret', jwt, 'is a JWT: '],
  ['secret', 'x'.repeat(513), `has more than 512 characters: ${again}`],
  ['secret', 'x\u200by', `contains a line break or an invisible character: ${again}`],
  ['secret', 'x\ny', `contains a line break or an invisible character: ${again}`],
  ['secret', 'env.OVC_SECRET', 'contains the text of an expression instead of its value: '],
  ['secret', '***', "is a placeholder: put the API key's own value in its place."],
  ['secret', 'secrets.X', `such as \${{ secrets.NAME }}.`],
  ['jwt', 'steps.jwt.outputs.jwt', `such as \${{ steps.ID.outputs.jwt }}.`],
  ['jwt', '***', 'is a placeholder: put the JWT itself in its place.'],
  ...['Bearer ', 'bearer ', 'bearer\t'].map((prefix): [string, string, string] => {
    return ['jwt', prefix + jwt, 'begins with "Bearer": write only the JWT.']
  }),
])('"%s: %s" is an error: it %s', (input, value, says) => {
  const inputs = { ...(input === 'jwt' ? none : pair), [input]: value }
  expect(() => read(inputs)).toThrow(saying('ERR_CREDENTIALS_INVALID', says))
})

test.each([jwt, 'xbearer a'])('a JWT to renew takes the place of a key: %s', value => {
  expect(read({ ...none, jwt: value }).credentials).toEqual({ grant: 'refresh', jwt: value })
})

test.each([
  [{}, '"app-id", "secret"'],
  [{ scope: 'user:email', audience: 'x' }, '"app-id", "secret", "audience", "scope"'],
  [{ ...none, scope: 'user:name,offline_access' }, '"scope"'],
  [{ ...none, secret: 'x' }, '"secret"'],
])('a JWT to renew cannot be combined with other credentials or scopes: %j', (inputs, names) => {
  const says = `"jwt" renews a JWT and cannot be combined with ${names}: remove either "jwt" or all of the others.`
  expect(() => read({ ...inputs, jwt })).toThrow(saying('ERR_INPUT_CONFLICT', says))
})

test.each(['user:name', ''])('beside a JWT to renew, "scope: %s" is ignored', scope => {
  expect(read({ ...none, jwt, scope }).settings.scopes).toEqual([])
})
