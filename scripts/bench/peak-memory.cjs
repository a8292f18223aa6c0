// Loaded before a measured program (`node --require`): writes the peak of its resident memory, in kB, when it ends.
const { appendFileSync } = require('node:fs')
process.on('exit', () => appendFileSync(process.env.PEAK_MEMORY_FILE, `${process.resourceUsage().maxRSS}\n`))
