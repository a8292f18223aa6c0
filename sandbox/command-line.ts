/** How a command reads its arguments and ends: with one sentence about what is wrong, and no stack trace. */

import { type ParseArgsConfig, parseArgs } from 'node:util'

/** A problem that its message explains in full. Exit code 2 stands for wrong arguments, 1 for everything else. */
export class ExplainedError extends Error {
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2) {
    super(message)
    this.exitCode = exitCode
  }
}

/**
 * Reads the options, as `parseArgs` of Node does.
 *
 * @param args without the program's own name
 * @throws ExplainedError for an unknown option, a missing value, or an argument that is not an option
 */
export function parseOptions<O extends NonNullable<ParseArgsConfig['options']>>(options: O, args: string[]) {
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
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exitCode
  }
}
