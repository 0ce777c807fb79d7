import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { layers } from '../inspect/layer.ts'
import type { TraceRowRecord } from '../records/trace.ts'
import { phaseLooks } from './phases.ts'

/** What a page shows. */
interface TracePage {
  /** what the trace is called */
  name: string
  rows: TraceRowRecord[]
  /** each event as the JSON that the trace file has of it */
  events: string[]
  /** how many events the trace has, also those that are not here */
  count: number
  /** for people, one line each */
  notes: string[]
}

/** Rows that a browser still draws at once. */
const mostRows = 10_000

/** The same place from src/ and from dist/. */
const assets = new URL('../../../assets/trace-page/', import.meta.url)
/** The page's modules, those that are imported first. */
const modules = ['text.js', 'trace.js', 'zoom.js', 'layers.js', 'details.js', 'rows.js', 'main.js']

/**
 * Renders a trace as one HTML file that needs nothing else: its policy (Content Security Policy
 * Level 3) allows the style and the script within it by their hashes, and no network at all. What a
 * remote sent is JSON in it, and never markup.
 *
 * @param page - rows and events
 * @returns the file
 */
export async function renderTracePage(page: TracePage): Promise<Uint8Array> {
  const [html, style] = await Promise.all([readAsset('page.html'), readAsset('page.css')])
  const script = (await Promise.all(modules.map(readAsset))).map(withoutModuleSyntax).join('\n')
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`
  return Buffer.from(
    replaceEach(html, [
      ["default-src 'self'", policy],
      ['<link rel="stylesheet" href="page.css">', `<style>${style}</style>`],
      ['{"the": "trace"}', dataOf(page)],
      ['<script type="module" src="main.js"></script>', `<script type="module">${script}</script>`],
    ]),
  )
}

/** What stands in for the parts is there once and in this order; what was put in is not looked at again. */
function replaceEach(text: string, parts: Array<[placeholder: string, part: string]>): string {
  let done = ''
  let rest = text
  for (const [placeholder, part] of parts) {
    const [before, ...after] = rest.split(placeholder)
    if (after.length !== 1) throw new Error(`the page's template has ${placeholder} ${after.length} times`)
    done += before + part
    rest = after.join('')
  }
  return done + rest
}

async function readAsset(name: string): Promise<string> {
  return await readFile(new URL(name, assets), 'utf8')
}

/** The page's modules become one, in which their names are in reach of each other. */
function withoutModuleSyntax(code: string): string {
  return code.replace(/^import [^']*'[^']*'\n/gm, '').replace(/^export /gm, '')
}

/** `<` begins markup even within a script element (HTML, "restrictions for contents of script elements"). */
function dataOf({ name, rows, events, count, notes }: TracePage): string {
  const left = rows.length > mostRows ? [`only the first ${mostRows} of ${rows.length} rows are drawn`] : []
  const shell = { name, count, notes: [...notes, ...left], layers, phases: phaseLooks, rows: rows.slice(0, mostRows) }
  const json = `${JSON.stringify(shell).slice(0, -1)},"events":[${events.join(',')}]}`
  return json.replaceAll('<', '\\u003c')
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
