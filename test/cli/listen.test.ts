import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cleanUp } from '../support/cleanup.ts'
import { only, run, scratchFile, scratchPath, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { freePort, listening } from '../support/servers.ts'

const fullAddress = /^\/ip4\/127\.0\.0\.1\/(?:tcp|udp)\/[1-9]\d*(?:\/ws|\/quic-v1)?\/p2p\/12D3\w+$/

describe('p2p listen', () => {
  it('prints its addresses one a line on stdout, and nothing else there', async () => {
    const listener = start(['listen'])
    const lines = await listener.until(() => {
      const whole = listener.stdout.split('\n').slice(0, -1)
      return whole.length === 3 && whole
    })
    for (const line of lines) expect(line).toMatch(fullAddress)
    const shapes = lines.map((line) => /^\/ip4\/127.0.0.1(.*)\/p2p\//.exec(line)?.[1]?.replace(/\/\d+/, '/N'))
    expect(shapes.toSorted()).toEqual(['/tcp/N', '/tcp/N/ws', '/udp/N/quic-v1'])
    expect((await run(['dial', lines[0] ?? ''])).code).toBe(0)
    await listener.line(/12D3\w+ from /, 'stderr')
    const { code, stdout } = await listener.stop()
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toEqual(lines)
  })

  it.each([
    ['tcp', [/\/tcp\/\d+\/p2p/]],
    ['ws', [/\/ws\/p2p/]],
    ['quic', [/\/quic-v1\/p2p/]],
    ['ws,tcp', [/\/ws\/p2p/, /\/tcp\/\d+\/p2p/]],
  ])('--transport %s chooses the defaults', async (words, patterns) => {
    const { addresses } = await startListener(['--transport', words])
    expect(addresses).toHaveLength(patterns.length)
    for (const pattern of patterns) expect(addresses.some((address) => pattern.test(address))).toBe(true)
  })

  it('takes P2P_TRANSPORT for them as well', async () => {
    const { code, records } = await run(['listen', '--for', '1ms'], {
      env: { P2P_TRANSPORT: 'ws,quic', P2P_JSON: '1' },
    })
    expect(code).toBe(0)
    expect(only(records, 'listening').addresses).toHaveLength(2)
  })

  it('writes the addresses to a file, whole', async () => {
    const file = scratchPath('addresses')
    const listener = await startListener(['--address-file', file])
    expect((await run(['dial', listener.tcp])).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(listener.addresses.map((address) => `${address}\n`).join(''))
    expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.tmp'))).toEqual([])
    await listener.stop()
    const again = await startListener(['--address-file', file, '--transport', 'tcp'])
    await again.stop()
    expect(readFileSync(file, 'utf8')).toBe(`${again.tcp}\n`)
  })

  it('fails when the file cannot be written', async () => {
    const file = `${scratchFile('')}/addresses`
    const { code, stderr } = await run(['listen', '--for', '10s', '--address-file', file])
    expect(code).toBe(7)
    expect(stderr).toContain(file)
  })

  it('fails as a whole when an address that was asked for cannot be bound', async () => {
    const busy = createServer()
    const port = await listening(busy)
    cleanUp(() => busy.close())
    const file = scratchPath('addresses')
    const asked = [`/ip4/127.0.0.1/tcp/${port}`, '/ip4/127.0.0.1/tcp/0']
    const { code, records } = await run(['listen', '--json', '--for', '10s', '--address-file', file, ...asked])
    expect(code).toBe(7)
    const { error } = only(records, 'error')
    expect(error).toMatchObject({ code: 'local', layer: 'transport' })
    expect(error.addresses).toMatchObject([{ address: asked[0], tried: true, code: 'local' }])
    expect(records.some(({ type }) => type === 'listening')).toBe(false)
    expect(existsSync(file)).toBe(false)
  })

  it('binds the addresses and ports that were asked for', async () => {
    const port = await freePort()
    const { addresses, peerId } = await startListener([`/ip4/127.0.0.1/tcp/${port}`, '/ip4/127.0.0.1/tcp/0/ws'])
    expect(addresses).toHaveLength(2)
    expect(addresses).toContain(`/ip4/127.0.0.1/tcp/${port}/p2p/${peerId}`)
  })

  it.each([
    '/dns4/localhost/tcp/0',
    '/unix/%2Ftmp%2Fsocket',
    '/unix/tmp/socket',
    '/ip4/127.0.0.1/udp/0/webrtc-direct',
    '/ip4/127.0.0.1',
    '/p2p-circuit',
    '127.0.0.1:4001',
  ])('refuses %s as usage, with the reason', async (address) => {
    const { code, stderr } = await run(['listen', '--for', '10s', address])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error /)
  })

  it('--announce is what identify tells', async () => {
    const announced = ['/ip4/203.0.113.7/tcp/4001', '/dns4/example.com/tcp/443/wss']
    const listener = await startListener(['--transport', 'tcp', '--announce', announced.join(',')])
    expect(listener.tcp).toMatch(/^\/ip4\/127\.0\.0\.1\//)
    const { records } = await run(['identify', '--json', listener.tcp])
    const { listenAddresses, signedPeerRecord } = only(records, 'identity')
    const bare = (address: string) => address.replace(/\/p2p\/.*/, '')
    expect(listenAddresses.map(bare).toSorted()).toEqual(announced.toSorted())
    expect(signedPeerRecord?.addresses.map(bare).toSorted()).toEqual(announced.toSorted())
  })

  it('keeps its identity with --key, by flag and by environment', async () => {
    const key = scratchPath('node.pem')
    const { peerId } = only((await run(['keygen', '-o', key, '--json'])).records, 'key')
    for (const [args, env] of [[['--key', key], {}] as const, [[], { P2P_KEY: key }] as const]) {
      const { records } = await run(['listen', '--json', '--for', '1ms', ...args], { env })
      expect(only(records, 'listening').peerId).toBe(peerId)
    }
  })
})
