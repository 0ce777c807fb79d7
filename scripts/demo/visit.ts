import { run } from '../lib/process.ts'
import { cli } from '../lib/project.ts'

/** A record as it was printed; what it should hold is judged by the demo. */
type PrintedRecord = { type?: unknown; [key: string]: unknown }

/** What the four commands said of one address. */
export interface Visit {
  address: string
  dialed: PrintedRecord
  identity: PrintedRecord
  pongs: PrintedRecord[]
  summary: PrintedRecord
  /** what came back from `/echo/1.0.0` */
  echoed: string
  /** commands that did not exit 0, or printed what is no record */
  failures: string[]
}

/** What is sent to be echoed. */
export const greeting = 'hello from the demo\n'

/** Longest that one command may take, in milliseconds. */
const commandMs = 20_000

/**
 * Dials, identifies, pings and asks for an echo at one address, each with a process of its own.
 *
 * @param address - of the listener
 * @returns what they printed
 */
export async function visit(address: string): Promise<Visit> {
  const failures: string[] = []
  const p2p = async (args: string[], input = ''): Promise<string> => {
    const { code, stdout, output } = await run(process.execPath, [cli, ...args], { input, timeoutMs: commandMs })
    if (code !== 0) failures.push(`p2p ${args.join(' ')}: exit ${code}\n${output.trim()}`)
    return stdout
  }
  const records = async (args: string[]): Promise<PrintedRecord[]> => {
    const text = await p2p(args)
    try {
      return text.split('\n').flatMap((line): PrintedRecord[] => (line === '' ? [] : [JSON.parse(line)]))
    } catch {
      failures.push(`p2p ${args.join(' ')}: not JSON: ${text}`)
      return []
    }
  }
  const [dialed = {}] = await records(['dial', '--json', address])
  const [identity = {}] = await records(['identify', '--json', address])
  const pings = await records(['ping', '--count', '3', '--interval', '50ms', '--json', address])
  const echoed = await p2p(['dial', '--protocol', '/echo/1.0.0', address], greeting)
  return {
    address,
    dialed,
    identity,
    pongs: pings.filter(({ type }) => type === 'pong'),
    summary: pings.find(({ type }) => type === 'summary') ?? {},
    echoed,
    failures,
  }
}
