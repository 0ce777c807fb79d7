import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { viewTrace } from '../../src/lib/operations/view-trace.ts'
import { sanitiseRecord } from '../../src/lib/output/sanitise.ts'
import { styleFor } from '../../src/lib/output/style.ts'
import { renderTracePage } from '../../src/lib/output/trace-page.ts'
import { waterfallRenderer } from '../../src/lib/output/waterfall.ts'
import { traceRowRecord } from '../../src/lib/records/trace.ts'
import { linesOf } from '../support/fixture-trace.ts'

const names = ['tcp-noise-yamux', 'tcp-tls-mplex', 'quic', 'several', 'failed-dial', 'hostile']
const realLines = names.flatMap(linesOf)
const style = styleFor({ isTTY: false, columns: 80 }, 'never', {})
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

const realLine = fc.constantFrom(...realLines)
const anyText = fc.string({ unit: 'binary', maxLength: 20 })

/** A real line with some of its characters replaced. */
const damagedLine = fc
  .tuple(realLine, fc.nat(), fc.nat(8), fc.string({ unit: 'binary', maxLength: 4 }))
  .map(([line, at, cut, put]) => {
    const from = at % (line.length + 1)
    return line.slice(0, from) + put + line.slice(from + cut)
  })

/** A real line with another value in one of its places. */
const alteredLine = fc
  .tuple(realLine, fc.nat(), fc.oneof(fc.jsonValue(), anyText, fc.double(), fc.constant(undefined)))
  .map(([line, at, value]) => {
    const event = JSON.parse(line)
    const places = [event, event.detail].flatMap((holder) => Object.keys(holder).map((key) => ({ holder, key })))
    const { holder, key } = places[at % places.length] ?? expect.unreachable()
    holder[key] = value
    return JSON.stringify(event)
  })

/**
 * Views a trace in each of its ways, and holds each to what is promised: rows that are records, text and a page
 * without what a terminal or a browser would act on, or a refusal that names the line.
 */
async function expectViewed(bytes: Uint8Array | string): Promise<'viewed' | 'refused'> {
  const input = { file: '-', stdin: Readable.from([Buffer.from(bytes)]), keepEvents: true }
  try {
    const trace = await viewTrace(input, { signal: new AbortController().signal })
    const render = waterfallRenderer(trace.rows)
    for (const row of trace.rows) {
      traceRowRecord.parse(row)
      for (const line of render(sanitiseRecord(row), style).split('\n')) expect(line).not.toMatch(unsafe)
    }
    const page = Buffer.from(await renderTracePage(trace)).toString()
    const [, data = ''] = /<script id="trace" type="application\/json">([^<]*)<\/script>/.exec(page) ?? []
    expect(JSON.parse(data).events).toEqual(trace.events.map((event) => JSON.parse(event)))
    return 'viewed'
  } catch (error) {
    if (!(error instanceof ToolkitError)) throw error
    expect(error.code).toBe('local')
    expect(error.message).toMatch(/^stdin, line \d+: /)
    return 'refused'
  }
}

describe('a trace', () => {
  it('that is real is viewed, wherever its end was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), async (name, cut) => {
        const bytes = Buffer.from(linesOf(name).join('\n'))
        expect(await expectViewed(bytes.subarray(0, cut % bytes.length))).toBe('viewed')
      }),
    )
  })

  it('of real lines in any order is viewed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(realLine, { maxLength: 40 }), async (lines) => {
        expect(await expectViewed(lines.join('\n'))).toBe('viewed')
      }),
    )
  })

  it.each([
    ['whose text is damaged', damagedLine],
    ['whose values are others', alteredLine],
    ['of any JSON', fc.json()],
    ['of any text', anyText],
  ])('with a line %s is viewed, or refused with its number', async (_name, line) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(realLine, line), { maxLength: 12 }), async (lines) => {
        await expectViewed(lines.join('\n'))
      }),
      { numRuns: 300 },
    )
  })

  it('of any bytes is viewed, or refused with the number of a line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expectViewed(bytes)
      }),
    )
  })
})
