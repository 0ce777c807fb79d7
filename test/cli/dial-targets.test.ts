import { describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { refusedPort } from '../support/servers.ts'

const tcp = ['--transport', 'tcp']

describe('p2p dial with several addresses', () => {
  it('takes those of one peer as alternatives, the first of which is dead', async () => {
    const listener = await startListener()
    const dead = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${listener.peerId}`
    const { code, records } = await run(['dial', '--json', dead, listener.ws])
    expect(code).toBe(0)
    expect(records).toHaveLength(1)
    expect(only(records, 'dialed')).toMatchObject({ peer: listener.peerId, address: listener.ws })
    expect(only(records, 'dialed')).not.toHaveProperty('target')
  })

  it('reports each of several targets under its name', async () => {
    const [one, two] = [await startListener(tcp), await startListener(tcp)]
    const { code, records } = await run(['dial', '--json', one.tcp, two.tcp])
    expect(code).toBe(0)
    const found = records.map((record) => (record.type === 'dialed' ? [record.target, record.peer] : record))
    expect(found.toSorted()).toEqual(
      [
        [one.tcp, one.peerId],
        [two.tcp, two.peerId],
      ].toSorted(),
    )
  })

  it('goes on past a target that cannot be reached, and ends with its code', async () => {
    const listener = await startListener(tcp)
    const dead = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const { code, records } = await run(['dial', '--json', dead, listener.tcp])
    expect(code).toBe(4)
    expect(only(records, 'dialed').target).toBe(listener.tcp)
    expect(only(records, 'error')).toMatchObject({ input: dead, index: 1, error: { code: 'unreachable' } })
  })
})

describe('p2p dial of what cannot be a target', () => {
  it.each([
    ['a unix socket', '/unix/tmp/socket', /unix/],
    ['an escaped unix socket', '/unix/%2Ftmp%2Fsocket', /unix/],
    ['no address', 'example.com:4001', /example/],
  ])('refuses %s as usage, with a reason', async (_name, address, reason) => {
    for (const command of ['dial', 'ping', 'identify']) {
      const { code, stdout, stderr } = await run([command, address])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(reason)
    }
  })
})

describe('p2p dial --for', () => {
  it('says that the other side went away when it is killed', async () => {
    const listener = await startListener(tcp)
    const dialing = start(['dial', '--json', '--for', '60s', listener.tcp])
    await dialing.record('dialed')
    await listener.running.stop('SIGKILL')
    const { code, records } = await dialing.exited
    expect(code).toBe(0)
    const closed = only(records, 'connection-closed')
    expect(closed).toMatchObject({ by: 'remote', peer: listener.peerId, address: listener.tcp, direction: 'outbound' })
    expect(closed.reason).not.toBe('')
  })

  it('says that the other side closed when it ends in order', async () => {
    const listener = await startListener(tcp)
    const dialing = start(['dial', '--for', '60s', listener.tcp])
    await dialing.line(/^total/)
    await listener.stop()
    const { code, stdout } = await dialing.exited
    expect(code).toBe(0)
    expect(stdout).toMatch(/closed by the other side after \d+\.\d s: /)
  })

  it('says that this side closed when its time is over, and tells the other side', async () => {
    const listener = await startListener(tcp)
    const { code, records } = await run(['dial', '--json', '--for', '50ms', listener.tcp])
    expect(code).toBe(0)
    expect(records.map(({ type }) => type)).toEqual(['dialed', 'connection-closed'])
    const closed = only(records, 'connection-closed')
    expect(closed.by).toBe('local')
    expect(closed.heldMs).toBeGreaterThanOrEqual(40)
    expect(await listener.waitFor('connection-closed')).toMatchObject({ by: 'remote', reason: 'closed' })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 and the record on %s', async (signal) => {
    const listener = await startListener(tcp)
    const dialing = start(['dial', '--json', '--for', '60s', listener.tcp])
    await dialing.record('dialed')
    const { code, records } = await dialing.stop(signal)
    expect(code).toBe(0)
    expect(only(records, 'connection-closed').by).toBe('local')
  })

  it('holds several targets, each to its own end', async () => {
    const [one, two] = [await startListener(tcp), await startListener(tcp)]
    const dialing = start(['dial', '--json', '--for', '60s', one.tcp, two.tcp])
    await dialing.record('dialed', ({ target }) => target === one.tcp)
    await dialing.record('dialed', ({ target }) => target === two.tcp)
    await one.running.stop('SIGKILL')
    await dialing.record('connection-closed', ({ target, by }) => target === one.tcp && by === 'remote')
    const { code, records } = await dialing.stop()
    expect(code).toBe(0)
    expect(records.at(-1)).toMatchObject({ type: 'connection-closed', target: two.tcp, by: 'local' })
  })
})
