/** How a command reads its arguments and ends: with one sentence about what is wrong, and no stack trace. */

import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What ends a command: its message explains it in full. Exit code 2 stands for wrong arguments, 0 for `--help`. */
export class ExplainedError extends Error {
  readonly exitCode: 0 | 1 | 2

  constructor(message: string, exitCode: 0 | 1 | 2) {
    super(message)
    this.exitCode = exitCode
  }
}

/**
 * Reads the options, as `parseArgs` of Node does, and `--help`.
 *
 * @param help what `--help` prints
 * @param args without the program's own name
 * @throws ExplainedError for an unknown option, a missing value, or an argument that is not an option
 */
export function parseOptions<O extends NonNullable<ParseArgsConfig['options']>>(
  help: string,
  options: O,
  args = process.argv.slice(2),
) {
  if (args.some(arg => arg === '--help' || arg === '-h')) throw new ExplainedError(help, 0)
  try {
    return parseArgs<{ args: string[]; options: O }>({ args, options }).values
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ')
    throw new ExplainedError(`${sentence?.replace(/\.$/, '')}. --help lists the options.`, 2)
  }
}

/** Runs the command and sets the exit code that it returns. The process ends when nothing is left to do. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command()
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error
    process[error.exitCode === 0 ? 'stdout' : 'stderr'].write(`${error.message}\n`)
    process.exitCode = error.exitCode
  }
}
