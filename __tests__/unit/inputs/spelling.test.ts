/** What a misspelt scope was meant to be. */

import { expect, test } from '@jest/globals'
import { likelyScope } from '../../../src/inputs/spelling.ts'
import { rowsOf, words } from '../../support/rows.ts'

test.each(
  rowsOf({
    'user:name': words('user:nmae user:names user:Name user:name.user:email user:nme user:nama user:xname').concat(
      'user:name and',
    ),
    'user:memberof:my-org': words(`
      user:memberOf:My-Org user:member:my-org user:memberof-my-org user:member-of:my-org user:member_of:my-org
      user:memebrof:my-org`).concat('user:memberof my-org'),
    // Nearer than `memberof` with one letter more.
    'user:memberof:x': ['user:memberof-x'],
    'user:memberof:a:b': ['user:memebrof:a:b'],
    'user:memberof:<organization>': ['user:member', 'user:memberof'],
    'user:email:my label': ['user:emial:my label'],
    'user:address': ['user:adress'],
    'user:avatar': ['user:avtr'],
    'user:phone': ['user:ohpne', 'user:hpoen'],
    'user:publickey': ['user:publickeys'],
    'user:validated:email': ['user:validated:emial'],
    'user:ownerof:email:a@b.example': ['user:ownerof:emial:a@b.example'],
    '': words(
      'user: user:everything user:min user:amir user:again user:xxme user:vtr user:namexx user:nxae user:nmxe user:anmexx',
    ),
  }),
)('%s, which no program knows, is probably %j', (scope, likely) => expect(likelyScope(scope)).toBe(likely))

test.each(
  words(`
    user:name user:memberof:my-org user:organizations:x user:address user:email user:phone user:validated:phone
    user:validated:email:main user:github user:facebook user:see user:bankaccount user:digitalwalletaddress:x
    user:publickey user:avatar user:keystore user:admin user:ownerof:email:a@b.example organization:owner
    offline_access username xuser:nmae`).concat('user:email:my label'),
)('%s is known, or not a scope of a user', scope => expect(likelyScope(scope)).toBeUndefined())
