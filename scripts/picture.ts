/** `node scripts/picture.ts` draws the picture of the README anew. A test fails when the action shows something else by now. */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseOptions, runCommand } from '../sandbox/command-line.ts'
import { drawPicture } from './support/picture.ts'

const help = `Runs the built action in the sandbox, and draws its log and its summary into
docs/images/log-and-summary.svg, for the README.

Usage: node scripts/picture.ts

  --help  show this text

Exit code: 0, 1 when the run failed, 2 for wrong arguments.
`

async function picture(): Promise<number> {
  const options = parseOptions({ help: { type: 'boolean', short: 'h', default: false } }, process.argv.slice(2))
  if (options.help) process.stdout.write(help)
  else writeFileSync(fileURLToPath(new URL('../docs/images/log-and-summary.svg', import.meta.url)), await drawPicture())
  return 0
}

await runCommand(picture)
