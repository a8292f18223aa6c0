/** What the runner takes from an `action.yml` before it starts the action: the inputs and their defaults. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

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

/** Reads the `inputs:` of the text of an `action.yml`. A default such as `1` or `true` is a text, too. */
export function parseInputs(yaml: string): Record<string, string> {
  const inputs: [name: string, input: { default?: unknown } | null][] = Object.entries(parse(yaml).inputs ?? {})
  return Object.fromEntries(inputs.map(([name, input]) => [name, String(input?.default ?? '')]))
}
