// Loaded before a measured program (`node --require`): writes the peak of its resident memory, in kB, when it ends.
const { writeFileSync } = require('node:fs')
process.on('exit', () => writeFileSync(process.env.PEAK_MEMORY_FILE, `${process.resourceUsage().maxRSS}\n`))
