import { beforeAll, describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'
import type { RecordOf } from '../support/records.ts'

const seqs = (records: Array<{ type: string }>) =>
  records.filter((record): record is RecordOf<'pong'> => record.type === 'pong').map(({ seq }) => seq)

describe('p2p ping', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
  })

  it.each(['tcp', 'ws', 'quic'] as const)('counts pongs over %s, and sums them up', async (transport) => {
    const { code, records, stderr } = await run(['ping', '--json', '-c', '4', '-i', '1ms', listener[transport]])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const pongs = records.slice(0, -1)
    expect(pongs).toEqual(
      [1, 2, 3, 4].map((seq) => ({
        type: 'pong',
        at: expect.any(String),
        peer: listener.peerId,
        address: listener[transport],
        seq,
        rttMs: expect.any(Number),
        path: 'direct',
      })),
    )
    const rtts = pongs.map((pong) => (pong.type === 'pong' ? pong.rttMs : Number.NaN))
    const avgMs = rtts.reduce((sum, rtt) => sum + rtt, 0) / 4
    const mdevMs = Math.sqrt(rtts.reduce((sum, rtt) => sum + (rtt - avgMs) ** 2, 0) / 4)
    expect(records.at(-1)).toEqual({
      type: 'summary',
      peer: listener.peerId,
      transmitted: 4,
      received: 4,
      lossPercent: 0,
      minMs: Math.min(...rtts),
      avgMs: expect.closeTo(avgMs, 2),
      maxMs: Math.max(...rtts),
      mdevMs: expect.closeTo(mdevMs, 2),
    })
    expect(Math.min(...rtts)).toBeGreaterThan(0)
    expect(rtts.some((rtt) => !Number.isInteger(rtt))).toBe(true)
  })

  it('keeps to one stream of one connection', async () => {
    const own = await startListener(['--transport', 'tcp'])
    await run(['ping', '-c', '5', '-i', '1ms', own.tcp])
    await own.waitFor('connection-closed')
    const types = own.records.map((record) => record.type)
    expect(types.filter((type) => type === 'stream-opened')).toHaveLength(1)
    expect(types.filter((type) => type === 'connection-opened')).toHaveLength(1)
    expect(only(own.records, 'stream-opened').protocol).toBe('/ipfs/ping/1.0.0')
  })

  it('waits the interval between pings', async () => {
    const { records } = await run(['ping', '--json', '-c', '3', '-i', '150ms', listener.tcp])
    const times = records.flatMap((record) => (record.type === 'pong' ? [Date.parse(record.at)] : []))
    expect(times).toHaveLength(3)
    for (const [index, time] of times.slice(1).entries()) {
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(145)
    }
  })

  it('starts stdout with the first pong, a line each, then the figures', async () => {
    const { code, stdout, stderr } = await run(['ping', '-c', '2', '-i', '1ms', listener.tcp])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toMatch(/seq=1 .*\d+\.\d{3} ms.* direct/)
    expect(lines[1]).toMatch(/seq=2 .*\d+\.\d{3} ms.* direct/)
    expect(lines[3]).toContain('2 transmitted, 2 received, 0% loss')
    expect(lines[4]).toMatch(/min\/avg\/max\/mdev = (\d+\.\d{3}\/){3}\d+\.\d{3} ms/)
  })

  it('-q prints the summary alone', async () => {
    const { code, stdout } = await run(['ping', '-q', '-c', '2', '-i', '1ms', listener.tcp])
    expect(code).toBe(0)
    expect(stdout).not.toContain('seq=')
    expect(stdout).toContain('2 transmitted, 2 received')
    const json = await run(['ping', '-q', '--json', '-c', '2', '-i', '1ms', listener.tcp])
    expect(json.records.map(({ type }) => type)).toEqual(['summary'])
  })

  it('-D begins each line with the time', async () => {
    const before = Date.now()
    const { stdout } = await run(['ping', '-D', '-c', '1', listener.tcp])
    const seconds = Number(/^\[(\d+\.\d+)\] /.exec(stdout)?.[1])
    expect(seconds * 1000).toBeGreaterThanOrEqual(before - 1)
    expect(seconds * 1000).toBeLessThanOrEqual(Date.now())
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'without a count goes on until %s, then prints the summary and exits 0',
    async (signal) => {
      const pinging = start(['ping', '--json', '-i', '1ms', listener.tcp])
      await pinging.record('pong', ({ seq }) => seq === 3)
      const { code, records } = await pinging.stop(signal)
      expect(code).toBe(0)
      const { transmitted, received } = only(records, 'summary')
      expect(records.at(-1)?.type).toBe('summary')
      expect([transmitted, received]).toEqual([seqs(records).length, seqs(records).length])
    },
  )

  it('-w ends it, with 0 as pongs came', async () => {
    const { code, records } = await run(['ping', '--json', '-i', '10ms', '-w', '700ms', listener.tcp])
    expect(code).toBe(0)
    expect(only(records, 'summary').received).toBeGreaterThan(0)
  })

  it('-w before all of -c is 1', async () => {
    const { code, records } = await run(['ping', '--json', '-c', '100000', '-i', '10ms', '-w', '700ms', listener.tcp])
    expect(code).toBe(1)
    expect(only(records, 'summary').received).toBeGreaterThan(0)
  })

  it('names the target where there are several, each with its own summary', async () => {
    const other = await startListener()
    const { code, records } = await run(['ping', '--json', '-c', '2', '-i', '1ms', listener.tcp, other.quic])
    expect(code).toBe(0)
    for (const [target, { peerId }] of [[listener.tcp, listener] as const, [other.quic, other] as const]) {
      const own = records.filter((record) => 'target' in record && record.target === target)
      expect(own.map((record) => [record.type, 'peer' in record && record.peer])).toEqual([
        ['pong', peerId],
        ['pong', peerId],
        ['summary', peerId],
      ])
    }
  })

  it.each([[['-c', '0']], [['-c', 'x']], [['-i', '5x']], [['-W', '-1s']], [['-i', '1s', '-i', '2s']]])(
    'refuses %j',
    async (flags) => {
      expect((await run(['ping', ...flags, listener.tcp])).code).toBe(2)
    },
  )
})
