/** What the runner takes from an `action.yml` before it starts the action: the inputs and their defaults. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Finds the `action.yml` that a built action belongs to, in its folder or the one above (`dist/index.js`), and reads the
 * defaults of its inputs. The runner sets an `INPUT_` variable for each of them.
 *
 * @param main the path of the script that the action runs
 * @returns the inputs in their order, an empty string where there is no default; undefined without an `action.yml`
 */
export function readInputs(main: string): Record<string, string> | undefined {
  const folder = dirname(main)
  const file = [join(folder, 'action.yml'), join(dirname(folder), 'action.yml')].find(path => existsSync(path))
  return file === undefined ? undefined : parseInputs(readFileSync(file, 'utf8'))
}

/**
 * Reads the `inputs:` of an `action.yml` without a YAML parser: names indented by two spaces, their keys by four, a default
 * on one line. That is how such files are written.
 *
 * @throws Error for a default that is written in a way this does not understand, rather than misread it
 */
export function parseInputs(yaml: string): Record<string, string> {
  const inputs: Record<string, string> = {}
  let inside = false
  let name = ''
  for (const line of yaml.split(/\r?\n/)) {
    if (/^\S/.test(line) && !line.startsWith('#')) inside = /^inputs:\s*(#.*)?$/.test(line)
    if (!inside) continue
    const input = /^ {2}([\w-]+|'[\w-]+'|"[\w-]+"):\s*(#.*)?$/.exec(line)
    if (input?.[1]) {
      name = input[1].replace(/['"]/g, '')
      inputs[name] = ''
    }
    const value = /^ {4}default:\s*(.*)$/.exec(line)?.[1]
    if (value !== undefined) inputs[name] = readScalar(value, name)
  }
  return inputs
}

function readScalar(text: string, name: string): string {
  const single = /^'((?:[^']|'')*)'\s*(?:#.*)?$/.exec(text)?.[1]
  if (single !== undefined) return single.replaceAll("''", "'")
  const double = /^"([^"\\]*)"\s*(?:#.*)?$/.exec(text)?.[1]
  if (double !== undefined) return double
  if (/^["'|>&*![{]/.test(text)) throw new Error(`the default of input '${name}' is more than a plain or quoted line`)
  return text.replace(/(^|\s)#.*$/, '').trim()
}
