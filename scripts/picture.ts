/**
 * `npm run picture` draws the picture of the README: the step's log and the summary of a real run in the sandbox, as GitHub
 * shows them. A test fails when the action shows something else by now.
 */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExplainedError, runCommand } from '../sandbox/command-line.ts'
import { Job } from '../sandbox/runner/job.ts'
import { defaultUserKey, startItsYouOnline } from '../sandbox/servers/itsyouonline.ts'
import { startOpenvCloud } from '../sandbox/servers/openvcloud.ts'

const main = fileURLToPath(new URL('../dist/index.js', import.meta.url))
const appId = 'Ab3dEf6hIj9lMn2pQr5tUv8xYz1C'
const expiry = '2026-01-31T13:00:00Z'

/**
 * Runs the built action against the stand-ins. What differs from run to run is replaced afterwards, and the addresses of
 * this machine by those of the README, so that the same code always gives the same text.
 */
async function runJob(): Promise<{ log: string; later: string; summary: string }> {
  const job = new Job({ secrets: [defaultUserKey.secret] })
  const itsyouonline = await startItsYouOnline()
  const { publicKeyPem } = itsyouonline
  const users = { [defaultUserKey.username]: { accounts: [{ id: 1, name: 'my-account' }] } }
  const openvcloud = await startOpenvCloud({ publicKeyPem, users, location: 'my-location' })
  try {
    const { header, log, summary, exitCode } = await job.runAction({
      name: 'Run your-org/ovc-jwt-action@v1',
      main,
      with: {
        'app-id': defaultUserKey.applicationId,
        secret: defaultUserKey.secret,
        scope: 'user:name',
        validity: '1h',
        'ovc-url': openvcloud.url,
        'base-url': itsyouonline.url,
        'public-key': publicKeyPem,
        summary: 'true',
      },
    })
    if (exitCode !== 0) throw new ExplainedError(`The run to draw has failed:\n${log}`, 1)
    const later = await job.runScript({ shell: 'bash', run: 'echo "Authorization: bearer $JWT"' })
    const plain = (text: string) =>
      text
        .replaceAll(itsyouonline.url, 'https://itsyou.online')
        .replaceAll(openvcloud.url, 'https://my-location.example')
        .replaceAll(defaultUserKey.applicationId, appId)
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, expiry)
        // Where bash is on GitHub's runner, whichever machine draws the picture.
        .replace(/^( *shell: )\S+/m, '$1/usr/bin/bash')
        // A run against ItsYou.online itself needs none.
        .replace(/^ *public-key: -+BEGIN[\s\S]+?-END PUBLIC KEY-+\n+/m, '')
    return { log: plain(header + log), later: plain(later.header + later.log), summary: plain(summary) }
  } finally {
    job.dispose()
    await Promise.all([itsyouonline.close(), openvcloud.close()])
  }
}

// All measures are in pixels of the picture, which GitHub shows at its own width.
const width = 760
const padding = 16
const lineHeight = 20
/** As many characters of the log's font as fit, on systems whose font is wide. */
const longestLine = 88

/** Wraps as GitHub's log does: at a space where there is one, without a mark. */
function wrap(line: string): string[] {
  return line.match(new RegExp(`.{1,${longestLine}}(?:(?<= )|$)|.{1,${longestLine}}`, 'g')) ?? ['']
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function text(x: number, y: number, className: string, content: string): string {
  return `<text x="${x}" y="${y}" class="${className}" xml:space="preserve">${escapeXml(content)}</text>`
}

type Box = { readonly svg: string; readonly bottom: number }

function box(top: number, title: string, height: number, content: string): Box {
  const bottom = top + 36 + height
  return {
    bottom,
    svg: `<g>
<rect x="0.5" y="${top + 0.5}" width="${width - 1}" height="${bottom - top}" rx="6" class="box"/>
${text(padding, top + 23, 'title', title)}
<line x1="0.5" x2="${width - 0.5}" y1="${top + 36.5}" y2="${top + 36.5}" class="rule"/>
${content}
</g>`,
  }
}

function drawLog(top: number, title: string, log: string): Box {
  const first = top + 36 + padding + 6
  const drawn: string[] = []
  let row = 0
  for (const [index, line] of log.trimEnd().split('\n').entries()) {
    drawn.push(text(padding, first + row * lineHeight, 'log number', String(index + 1).padStart(2)))
    for (const part of wrap(line)) drawn.push(text(padding + 36, first + row++ * lineHeight, 'log', part))
  }
  return box(top, title, row * lineHeight + 2 * padding - 4, drawn.join('\n'))
}

/** The rows of the summary's table, which has two columns, as plain text. */
function tableOf(summary: string): [name: string, value: string][] {
  const decode = (html = '') => html.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
  return [...summary.matchAll(/<tr><th>(.*?)<\/th><td>(.*?)<\/td><\/tr>/g)].map(([, name, value]) => [
    decode(name),
    decode(value),
  ])
}

/** @param summary HTML as the action writes it: one heading, and a table. */
function drawSummary(top: number, summary: string): Box {
  const heading = /<h3>(.*?)<\/h3>/.exec(summary)?.[1] ?? ''
  const rows = tableOf(summary)
  const [rowHeight, column, first] = [30, 130, top + 36 + padding + 36]
  const lines = rows.map(([name, value], index) => {
    const y = first + index * rowHeight
    const [inFirst, inSecond] = [text(padding + 12, y + 20, 'head', name), text(column + 12, y + 20, 'cell', value)]
    return `<rect x="${padding}.5" y="${y}.5" width="${width - 2 * padding - 1}" height="${rowHeight}" class="cells"/>\n${inFirst}\n${inSecond}`
  })
  const end = first + rows.length * rowHeight
  lines.unshift(text(padding, top + 36 + padding + 18, 'heading', heading))
  lines.push(`<line x1="${column}.5" x2="${column}.5" y1="${first}" y2="${end}" class="rule"/>`)
  return box(top, 'Summary of the job', end - top - 36 + padding, lines.join('\n'))
}

/** All that the picture shows, as text for a screen reader. */
function description(log: string, later: string, summary: string): string {
  const rows = tableOf(summary).map(([name, value]) => `${name}: ${value}`)
  const logs = ['Log of the step:', log.trim(), 'Log of a later step:', later.trim()]
  return [...logs, 'Summary of the job:', ...rows].join('\n')
}

/** Runs the action and a later step, and draws what GitHub shows of them. @returns an SVG file */
export async function drawPicture(): Promise<string> {
  const { log, later, summary } = await runJob()
  const first = drawLog(0, 'Log of the step', log)
  const second = drawLog(first.bottom + padding, 'Log of a later step', later)
  const third = drawSummary(second.bottom + padding, summary)
  const height = third.bottom + 1
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">What GitHub shows of a run: the step's log, a later step's log, and the job summary.</title>
<desc id="desc">${escapeXml(description(log, later, summary))}</desc>
<!-- Made by scripts/picture.ts from a run in the sandbox. -->
<style>
text { font: 14px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328 }
.log { font: 12px ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace }
.title, .head { font-weight: 600 }
.heading { font-size: 17px; font-weight: 600 }
.number { fill: #59636e }
.box { fill: #ffffff; stroke: #d1d9e0 }
.cells { fill: none; stroke: #d1d9e0 }
.rule { stroke: #d1d9e0 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .number { fill: #9198a1 }
  .box { fill: #0d1117; stroke: #3d444d }
  .cells, .rule { stroke: #3d444d }
}
</style>
${first.svg}
${second.svg}
${third.svg}
</svg>
`
}

// A test imports this file and draws the picture itself.
if (import.meta.main) {
  await runCommand(async () => {
    writeFileSync(fileURLToPath(new URL('../docs/images/log-and-summary.svg', import.meta.url)), await drawPicture())
    return 0
  })
}
