/**
 * The deploy step of the sandbox's job: what a workflow would do with curl, here with `fetch`, because Node is all that
 * the sandbox needs. It is an ordinary program: all that it has of the action is the variable JWT and one output.
 */

async function call<T>(name: string, parameters: Record<string, string | number> = {}): Promise<T> {
  const response = await fetch(`${process.env['OVC_URL']}/restmachine/cloudapi/${name}`, {
    method: 'POST',
    headers: { authorization: `bearer ${process.env['JWT']}`, 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
  })
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  const accounts = await call<{ id: number; name: string }[]>('accounts/list')
  const account = accounts.find(({ name }) => name === process.env['OVC_ACCOUNT'])
  if (!account) throw new Error(`accounts/list: there is no account "${process.env['OVC_ACCOUNT']}"`)
  const cloudspace = await call<number>('cloudspaces/create', {
    accountId: account.id,
    location: `${process.env['OVC_LOCATION']}`,
    name: 'from-ci',
    access: `${process.env['OVC_USER']}`,
  })
  print(`cloudspaces/create: id ${cloudspace}`)
  // A careless line, to show that later steps are masked too.
  print(`The JWT that was used: ${process.env['JWT']}`)
} catch (error) {
  print(`::error::${(error as Error).message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`)
  process.exitCode = 1
}
