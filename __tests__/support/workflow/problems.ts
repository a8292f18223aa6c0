/** What GitHub's own libraries find wrong with a workflow file or an `action.yml`. */

import { basename } from 'node:path'
import { type ValidationConfig, validate } from '@actions/languageservice'
import { isMapping, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { parseAction } from '@actions/workflow-parser/actions/action-parser'
import { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { readText } from '../pages.ts'
import { resolve } from './expressions.ts'

export const thisAction = 'your-org/ovc-jwt-action@v1'

type Provider = NonNullable<ValidationConfig['actionsMetadataProvider']>
type Metadata = NonNullable<Awaited<ReturnType<Provider['fetchActionMetadata']>>>

const actionYml = { name: 'action.yml', content: readText('action.yml') }
/** What `action.yml` declares, as plain values. */
export const metadata = resolve(parseAction(actionYml, new NoOperationTraceWriter()).value, {}) as Metadata & {
  runs: unknown
}

/** Of other people's actions the inputs are not known here: they are not looked at. */
const actionsMetadataProvider: Provider = {
  fetchActionMetadata: async ({ owner, name }) =>
    thisAction.startsWith(`${owner}/${name}@`) ? metadata : { name, description: '' },
}

/**
 * What is wrong with a workflow or with an `action.yml`.
 *
 * @param file a path that no other text has had in this process, because the language service caches by it
 * @returns what is wrong, each with its line from 1; empty when nothing is
 */
export async function problems(file: string, text: string): Promise<string[]> {
  // The language service looks up no local action.
  const document = { uri: `file:///${file}`, getText: () => text.replaceAll('uses: ./\n', `uses: ${thisAction}\n`) }
  const found = await validate(document as Parameters<typeof validate>[0], { actionsMetadataProvider })
  return [
    ...found.map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    ...(basename(file) === 'action.yml' ? [] : missingInputs(document.getText())),
  ]
}

/** Not in the action.yml, since `jwt` takes the place of the two: the action itself checks it when it runs. */
function missingInputs(text: string): string[] {
  const { value } = parseWorkflow({ name: '', content: text }, new NoOperationTraceWriter())
  return [...(value ? TemplateToken.traverse(value) : [])].flatMap(([, token]) => {
    if (!isMapping(token) || token.find('uses')?.toString() !== thisAction) return []
    const inputs = token.find('with')
    const has = (name: string) => inputs !== undefined && isMapping(inputs) && inputs.find(name) !== undefined
    const key = ['app-id', 'secret']
    const wrong = has('jwt')
      ? [...key, 'scope', 'audience'].filter(has).map(name => `Input '${name}' beside 'jwt'`)
      : key.filter(name => !has(name)).map(name => `Missing input '${name}'`)
    return wrong.map(message => `${token.line}: ${message}`)
  })
}
