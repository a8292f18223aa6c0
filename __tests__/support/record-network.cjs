// Required before the action (`node --require`): records each connection, look-up, server, UDP socket, process and worker.
// Node's async hooks see all of them, whichever function was called, but for spawnSync: `--permission` refuses that one.
// RECORD_FILE gets them when the process ends.
const { createHook } = require('node:async_hooks')
const { writeFileSync } = require('node:fs')

const seen = []
const isRecorded = type => /CONNECT|SERVER|UDP|INFO|QUERY|PROCESS|WORKER/.test(type)
createHook({ init: (_id, type, _trigger, resource) => isRecorded(type) && seen.push({ type, resource }) }).enable()
process.on('exit', () => {
  const lines = seen.map(
    ({ type, resource: { address = '', hostname = address, port = '' } }) => `${type} ${hostname} ${port}`,
  )
  writeFileSync(process.env.RECORD_FILE, lines.map(line => `${line.trim()}\n`).join(''))
})
