import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { chromium, openPage, type Page } from '../support/browser.ts'
import { run, scratchPath } from '../support/cli.ts'
import { fixtureTrace } from '../support/fixture-trace.ts'
import { tcpServer } from '../support/servers.ts'

if (chromium === undefined) {
  process.stderr.write('skipped: the page of a trace in a browser, since there is no Chromium on PATH\n')
}

/** Writes the page of a trace, and opens it. */
async function open(name: string): Promise<{ page: Page; url: string }> {
  const file = scratchPath('trace.html')
  expect((await run(['inspect', 'view', '--html', file, fixtureTrace(name)])).code).toBe(0)
  const url = pathToFileURL(file).href
  return { page: await openPage(url), url }
}

const names = (page: Page) => page.texts('.row .name')
const jsonOf = async (page: Page): Promise<unknown> =>
  JSON.parse(
    String(
      // a browser tells of the opening in its own time
      await page.evaluate(`new Promise((resolve) => {
        const look = () => {
          const shown = document.querySelector('#details details[open] pre')
          if (shown === null) requestAnimationFrame(look)
          else resolve(shown.textContent)
        }
        look()
      })`),
    ),
  )

describe.skipIf(chromium === undefined)('the page of a trace', () => {
  it('loads on its own, and draws every row', async () => {
    const { page, url } = await open('several')
    expect(await names(page)).toEqual([
      'This node',
      'c1 → /ip4/192.0.2.7/tcp/4001',
      '1 /ipfs/id/1.0.0',
      '3 /ipfs/ping/1.0.0',
      'c2 ← /ip4/198.51.100.4/tcp/51022/ws',
      '1 /x/unknown/1.0.0',
      '3 /chat/1.0.0',
      'c3 ← /ip4/203.0.113.9/tcp/40000',
    ])
    expect(await page.texts('#counts')).toEqual(['3 connections, 4 streams, 74 events'])
    expect(await page.evaluate("document.querySelectorAll('.bar').length")).toBe(20)
    expect(page.requests).toEqual([url])
    expect(page.complaints).toEqual([])
  })

  it('shows the decoded message of an event of the row that was clicked', async () => {
    const { page } = await open('several')
    await page.click('.row', 2)
    expect(await page.texts('#details h2')).toEqual(['1 /ipfs/id/1.0.0'])
    const index = await page.evaluate(
      "[...document.querySelectorAll('#details summary')].findIndex((e) => e.textContent.includes('message-received'))",
    )
    await page.click('#details summary', Number(index))
    expect(await jsonOf(page)).toMatchObject({
      type: 'message-received',
      layer: 'protocol',
      detail: { protocol: '/ipfs/id/1.0.0', message: { protocolVersion: 'ipfs/0.1.0' } },
    })
    expect(page.complaints).toEqual([])
  })

  it('hides the rows, bars and events of a layer that is filtered out', async () => {
    const { page } = await open('several')
    await page.click('.row', 2)
    for (const layer of ['stream', 'protocol']) await page.click(`#layers input[value=${layer}]`)
    // only muxer events are left of a stream that has some
    expect(await page.texts('#details summary strong')).not.toContain('negotiated')
    await page.click('#layers input[value=muxer]')
    expect(await names(page)).toEqual([
      'This node',
      'c1 → /ip4/192.0.2.7/tcp/4001',
      'c2 ← /ip4/198.51.100.4/tcp/51022/ws',
      'c3 ← /ip4/203.0.113.9/tcp/40000',
    ])
    expect(await page.texts('.bar.muxer-negotiation')).toEqual([])
    for (const layer of ['stream', 'protocol', 'muxer']) await page.click(`#layers input[value=${layer}]`)
    expect(await names(page)).toHaveLength(8)
  })

  it('goes from row to row, and zooms, by keyboard alone', async () => {
    const { page } = await open('several')
    const ticks = async () => JSON.stringify(await page.texts('#ticks .tick'))
    const whole = await ticks()
    await page.evaluate('document.querySelector(\'.row[tabindex="0"]\').focus()')
    for (const key of ['ArrowDown', 'ArrowDown']) await page.press(key)
    expect(await page.texts('.row[aria-selected=true] .name')).toEqual(['1 /ipfs/id/1.0.0'])
    await page.press('+')
    const zoomed = await ticks()
    expect(zoomed).not.toBe(whole)
    await page.press('ArrowRight')
    expect(await ticks()).not.toBe(zoomed)
    await page.press('0')
    expect(await ticks()).toBe(whole)
  })

  it('zooms into a row by Enter, and by a double click', async () => {
    const { page } = await open('several')
    const view = async () => {
      const [from, length] = await Promise.all(
        ['--from', '--span'].map((name) =>
          page.evaluate(`Number(document.getElementById('chart').style.getPropertyValue('${name}'))`),
        ),
      )
      return { from: Number(from), to: Number(from) + Number(length) }
    }
    const phase = async (index: number, name: string) =>
      Number(
        await page.evaluate(
          `document.querySelectorAll('.row')[${index}].querySelector('.bar:${name}').style.getPropertyValue('${name === 'first-child' ? '--start' : '--end'}')`,
        ),
      )
    const expectShown = async (index: number) => {
      const { from, to } = await view()
      const [start, end] = [await phase(index, 'first-child'), await phase(index, 'nth-last-child(1 of .bar)')]
      expect(from).toBeCloseTo(start - (end - start) * 0.05)
      expect(to).toBeCloseTo(end + (end - start) * 0.05)
    }
    await page.click('.row', 2)
    await page.press('Enter')
    await expectShown(2)
    await page.doubleClick('.row', 3)
    await expectShown(3)
  })

  it('zooms by its buttons, by the wheel on the axis, and into a range that is dragged', async () => {
    const { page } = await open('several')
    const span = async () =>
      Number(await page.evaluate("document.getElementById('chart').style.getPropertyValue('--span')"))
    const whole = await span()
    await page.click('[data-zoom=in]')
    expect(await span()).toBeCloseTo(whole / 1.5)
    await page.click('[data-zoom=out]')
    expect(await span()).toBeCloseTo(whole)
    await page.wheel(await page.place('#axis'))
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    expect(await span()).toBeCloseTo(whole / 1.5)
    await page.click('[data-zoom=fit]')
    const { x, y } = await page.place('#grid')
    await page.drag({ x, y }, { x: x + 100, y })
    const width = Number(await page.evaluate("document.getElementById('grid').clientWidth"))
    expect(await span()).toBeCloseTo((whole * 100) / width, 0)
    // a drag chooses no row
    expect(await page.texts('.row[aria-selected=true]')).toEqual([])
  })

  it('has dark and light colours that can be read', async () => {
    const { page } = await open('failed-dial')
    await page.click('.row', 3)
    for (const scheme of ['light', 'dark']) {
      await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
      const ground = luminance(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
      expect(ground > 0.5 ? 'light' : 'dark').toBe(scheme)
      for (const selector of ['body', '#counts', '.failed .name', '.dropped .name', 'dt', 'summary .time']) {
        const color = await page.evaluate(`getComputedStyle(document.querySelector('${selector}')).color`)
        // WCAG 2.2, 1.4.3: 4.5 to 1; the panel and a chosen row are a little off the ground
        expect(contrast(luminance(color), ground), `${selector}, ${scheme}`).toBeGreaterThan(4.5)
      }
    }
  })
})

describe.skipIf(chromium === undefined)('the page of a hostile trace', () => {
  it('runs nothing of it, and makes no element of it', async () => {
    const { page, url } = await open('hostile')
    const elements = () => page.evaluate("document.querySelectorAll('img, iframe, object, script, a, base').length")
    expect(await elements()).toBe(2)
    const rows = Number(await page.evaluate("document.querySelectorAll('.row').length"))
    for (let row = 0; row < rows; row++) {
      await page.click('.row', row)
      const events = Number(await page.evaluate("document.querySelectorAll('#details summary').length"))
      for (let index = 0; index < events; index++) await page.click('#details summary', index)
      const shown = String(await page.evaluate("document.getElementById('details').textContent"))
      expect(shown).toContain('<script>window.pwned=1</script>')
      expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }
    expect(await elements()).toBe(2)
    expect(await page.evaluate('typeof window.pwned')).toBe('undefined')
    expect(page.dialogs).toEqual([])
    expect(page.requests).toEqual([url])
    expect(page.complaints).toEqual([])
  })

  it('could not reach a network even if something of it ran', async () => {
    const server = await tcpServer()
    const target = JSON.stringify(`http://127.0.0.1:${server.port}/`)
    const { page } = await open('hostile')
    expect(await page.evaluate(`fetch(${target}).then(() => 'reached', () => 'refused')`)).toBe('refused')
    const loaded = (name: string) => `new Promise((resolve) => {
      const element = document.createElement('${name}')
      element.onload = () => resolve('loaded')
      element.onerror = () => resolve('refused')
      element.src = ${target}
      document.body.append(element)
    })`
    expect(await page.evaluate(loaded('img'))).toBe('refused')
    expect(await page.evaluate(loaded('script'))).toBe('refused')
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { text: 'window.pwned = 4' }))",
    )
    expect(await page.evaluate('typeof window.pwned')).toBe('undefined')
    expect(page.complaints.join('\n')).toContain('Content Security Policy')
    expect(server.connections).toEqual([])
  })
})

/** WCAG 2.2, "relative luminance". */
function luminance(color: unknown): number {
  const [red = 0, green = 0, blue = 0] = (String(color).match(/\d+/g) ?? [])
    .map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}
