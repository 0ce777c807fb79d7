import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { cleanUp } from './cleanup.ts'

/** The first Chromium on PATH, if there is one. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

/** No first run, no update, nothing that asks the network by itself. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--window-size=1300,760',
  '--remote-debugging-pipe',
]

type Parameters = Record<string, unknown>
type Answer = Record<string, unknown>
interface Message {
  id?: number
  method?: string
  params?: Answer
  result?: Answer
  error?: { message: string }
}

/** A page in a headless Chromium, over the Chrome DevTools Protocol. */
export class Page {
  readonly #write: (message: object) => void
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  readonly #events: Message[] = []
  readonly #watchers = new Set<() => void>()
  #session: string | undefined
  #id = 0
  #gone: Error | undefined

  constructor(child: ChildProcess, input: Writable, output: Readable) {
    input.on('error', () => {})
    this.#write = (message) => input.write(`${JSON.stringify(message)}\0`)
    let rest = ''
    output.setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0')
      rest = messages.pop() ?? ''
      for (const message of messages) this.#take(JSON.parse(message))
    })
    child.once('close', (code) => {
      this.#gone = new Error(`the browser ended (${code})`)
      for (const { reject } of this.#waiting.values()) reject(this.#gone)
      for (const look of [...this.#watchers]) look()
    })
  }

  /** Goes to a page, and waits until it has loaded. */
  async open(url: string): Promise<void> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    this.#session = String(sessionId)
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await this.send(`${domain}.enable`)
    await this.send('Page.navigate', { url })
    await this.#until(() => this.#events.some(({ method }) => method === 'Page.loadEventFired'))
  }

  /** Addresses that the page asked for, itself included. */
  get requests(): string[] {
    return this.#eventsOf('Network.requestWillBeSent').map(({ request }) => String(at(request, 'url')))
  }

  /** What the page complained about: uncaught exceptions, and what the browser refused it. */
  get complaints(): string[] {
    return [...this.#eventsOf('Runtime.exceptionThrown'), ...this.#eventsOf('Log.entryAdded')].map((params) =>
      JSON.stringify(params),
    )
  }

  /** The texts of the dialogs that the page opened: `alert`, `confirm`, `prompt`. */
  get dialogs(): string[] {
    return this.#eventsOf('Page.javascriptDialogOpening').map(({ message }) => String(message))
  }

  /** What an expression comes to within the page; promises are awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })
    if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails))
    return at(answer.result, 'value')
  }

  /** The texts of all elements of a selector, those that are not shown left out. */
  async texts(selector: string): Promise<unknown> {
    return await this.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].filter((e) => e.checkVisibility()).map((e) => e.textContent)`,
    )
  }

  /** Clicks into the middle of an element. */
  async click(selector: string, index = 0): Promise<void> {
    const point = await this.place(selector, index)
    await this.drag(point, point)
  }

  /** Clicks into the middle of an element, twice. */
  async doubleClick(selector: string, index = 0): Promise<void> {
    const point = await this.place(selector, index)
    await this.drag(point, point)
    await this.drag(point, point, 2)
  }

  /** Presses the mouse at one point, and lets it go at another. */
  async drag(from: Point, to: Point, clickCount = 1): Promise<void> {
    const mouse = (type: string, point: Point) =>
      this.send('Input.dispatchMouseEvent', { type, ...point, button: 'left', buttons: 1, clickCount })
    await mouse('mouseMoved', from)
    await mouse('mousePressed', from)
    if (from !== to) await mouse('mouseMoved', to)
    await mouse('mouseReleased', to)
  }

  /** Turns the wheel up, by one notch. */
  async wheel(at: Point): Promise<void> {
    await this.send('Input.dispatchMouseEvent', { type: 'mouseWheel', ...at, deltaX: 0, deltaY: -120 })
  }

  /** Presses a key. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : {}
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key })
  }

  /** The middle of an element, scrolled to. */
  async place(selector: string, index = 0): Promise<Point> {
    const found = await this.evaluate(`(() => {
      const element = document.querySelectorAll(${JSON.stringify(selector)})[${index}]
      element.scrollIntoView({ block: 'center', behavior: 'instant' })
      const { left, top, width, height } = element.getBoundingClientRect()
      return { x: left + width / 2, y: top + height / 2 }
    })()`)
    return { x: Number(at(found, 'x')), y: Number(at(found, 'y')) }
  }

  /** What the page looks like, as PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot')
    return Buffer.from(String(data), 'base64')
  }

  /** Sends a command of the protocol. */
  async send(method: string, params: Parameters = {}): Promise<Answer> {
    if (this.#gone !== undefined) throw this.#gone
    const id = ++this.#id
    return await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#write({ id, method, params, ...(this.#session !== undefined && { sessionId: this.#session }) })
    })
  }

  #eventsOf(name: string): Answer[] {
    return this.#events.flatMap(({ method, params }) => (method === name && params !== undefined ? [params] : []))
  }

  #take(message: Message): void {
    if (message.id === undefined) this.#events.push(message)
    else {
      const waiting = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if (message.error !== undefined) waiting?.reject(new Error(message.error.message))
      else waiting?.resolve(message.result ?? {})
    }
    for (const look of [...this.#watchers]) look()
  }

  async #until(check: () => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (this.#gone === undefined && !check()) return
        this.#watchers.delete(look)
        if (this.#gone === undefined) resolve()
        else reject(this.#gone)
      }
      this.#watchers.add(look)
      look()
    })
  }
}

/** A point in the window, in pixels. */
export interface Point {
  x: number
  y: number
}

/**
 * Starts a browser of its own, and opens a page in it. It is stopped when the test ends.
 *
 * @param url - of the page
 * @returns the page
 */
export async function openPage(url: string): Promise<Page> {
  if (chromium === undefined) throw new Error('there is no Chromium on PATH')
  const profile = mkdtempSync(join(tmpdir(), 'p2p-chromium-'))
  const child = spawn(chromium, [...flags, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const [, , , input, output] = child.stdio
  if (!isWritable(input) || !isReadable(output)) throw new Error('the browser has no pipes')
  const page = new Page(child, input, output)
  cleanUp(async () => {
    // it ends its helpers by itself when it is asked to
    await page.send('Browser.close').catch(() => {})
    child.kill('SIGKILL')
    await closed
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 })
  })
  await page.open(url)
  return page
}

function isWritable(stream: Readable | Writable | null | undefined): stream is Writable {
  return stream !== null && stream !== undefined && 'write' in stream
}

function isReadable(stream: Readable | Writable | null | undefined): stream is Readable {
  return stream !== null && stream !== undefined && 'read' in stream
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined
}
