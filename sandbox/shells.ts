/** How a `run:` step's script is started, by its `shell:`. */

type Shell = { file: string; arguments: string[]; extension: string }

/** The runner's own command lines; `{0}` is the script's path. */
const known: Record<string, { arguments: string[]; extension: string }> = {
  bash: { arguments: ['--noprofile', '--norc', '-e', '-o', 'pipefail', '{0}'], extension: '.sh' },
  sh: { arguments: ['-e', '{0}'], extension: '.sh' },
  pwsh: { arguments: ['-command', ". '{0}'"], extension: '.ps1' },
  powershell: { arguments: ['-command', ". '{0}'"], extension: '.ps1' },
}

/**
 * @param shell as in a workflow: a name, a command line with `{0}` in it (`node {0}`), or nothing for the default. The
 *   default is `bash -e {0}`: unlike `shell: bash` it has no pipefail, so a failure inside a pipe goes unseen.
 */
export function findShell(shell: string | undefined): Shell {
  if (shell === undefined) {
    return process.platform === 'win32'
      ? { file: 'powershell', arguments: ['-command', ". '{0}'"], extension: '.ps1' }
      : { file: 'bash', arguments: ['-e', '{0}'], extension: '.sh' }
  }
  const [file = '', ...rest] = shell.split(' ').filter(word => word !== '')
  if (rest.length > 0) return { file, arguments: rest, extension: known[file]?.extension ?? '' }
  return { file, arguments: ['{0}'], extension: '', ...known[file] }
}
