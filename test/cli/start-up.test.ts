import { beforeAll, describe, expect, it } from 'vitest'
import { scratchPath } from '../support/cli.ts'
import { fixtureTrace } from '../support/fixture-trace.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { type Loaded, loadedBy } from '../support/loaded-modules.ts'

const peerId = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'

/** Packages of the network stack among those that were loaded; multiaddrs themselves need is-ip. */
const stackOf = ({ packages }: Loaded) =>
  [...packages].filter((name) => /^(?:libp2p$|@libp2p\/|@chainsafe\/(?!is-ip$)|ws$|@noble\/|it-)/.test(name))

describe('a command that needs no network', () => {
  const key = () => scratchPath('node.pem')
  it.each([
    ['--version', () => ['--version']],
    ['help', () => ['help']],
    ['help dial', () => ['help', 'dial']],
    ['dial --help', () => ['dial', '--help']],
    ['keygen', () => ['keygen', '-o', key()]],
    ['keygen -t rsa', () => ['keygen', '-t', 'rsa']],
    ['peer-id inspect', () => ['peer-id', 'inspect', peerId]],
    ['maddr parse', () => ['maddr', 'parse', `/ip4/127.0.0.1/tcp/1/p2p/${peerId}`]],
    ['maddr parse --json', () => ['maddr', 'parse', '--json', '/ip4/127.0.0.1/tcp/1']],
    ['maddr resolve', () => ['maddr', 'resolve', `/dns/localhost/tcp/1/p2p/${peerId}`]],
    ['maddr resolve --inspect', () => ['maddr', 'resolve', '--inspect', 'all', '/dns/localhost/tcp/1']],
    ['bootstrap list', () => ['bootstrap', 'list']],
    ['bootstrap add', () => ['bootstrap', 'add', '--list', 'start-up', `/ip4/127.0.0.1/tcp/1/p2p/${peerId}`]],
    ['bootstrap rm', () => ['bootstrap', 'rm', '--all']],
    ['maddr resolve of an IP address', () => ['maddr', 'resolve', '--json', '/ip4/127.0.0.1/tcp/1']],
    ['inspect view', () => ['inspect', 'view', fixtureTrace('several')]],
    ['inspect view --html', () => ['inspect', 'view', '--html', '-', fixtureTrace('several')]],
  ])('loads no module of the network stack: %s', (_name, args) => {
    const loaded = loadedBy(args())
    expect(loaded.code).toBe(0)
    // the hook works: the CLI itself was seen
    expect(loaded.modules.some((url) => url.endsWith('/dist/lib/command/main.js'))).toBe(true)
    expect(stackOf(loaded)).toEqual([])
  })

  it('loads none to inspect and convert a key', () => {
    const file = key()
    expect(loadedBy(['keygen', '-o', file]).code).toBe(0)
    for (const args of [
      ['key', 'inspect', file],
      ['key', 'convert', file, '-o', key(), '--format', 'jwk'],
    ]) {
      const loaded = loadedBy(args)
      expect(loaded.code).toBe(0)
      expect(stackOf(loaded)).toEqual([])
    }
  })
})

describe('a network command', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
  })
  const optional = ['@libp2p/tcp', '@libp2p/websockets', 'ws', '@chainsafe/libp2p-quic', '@libp2p/circuit-relay-v2']
  const layers = ['@libp2p/noise', '@libp2p/tls', '@libp2p/plaintext', '@libp2p/yamux', '@libp2p/mplex', '@libp2p/pnet']
  const chosen = ({ packages }: Loaded) => [...optional, ...layers].filter((name) => packages.has(name))

  it('loads what a ping over TCP needs, and no other transport or security', () => {
    const loaded = loadedBy(['ping', '-c', '1', listener.tcp])
    expect(loaded.code).toBe(0)
    const unneeded = ['@libp2p/websockets', 'ws', '@chainsafe/libp2p-quic', '@libp2p/circuit-relay-v2', '@libp2p/tls']
    expect([...unneeded, '@libp2p/plaintext', '@libp2p/pnet'].filter((name) => loaded.packages.has(name))).toEqual([])
  })

  it.each(['pub', 'sub', 'mesh'])('loads no cryptography and no router for a mistake: pubsub %s', (name) => {
    const { code, packages } = loadedBy(['pubsub', name, '--timeout', 'soon', 'news'])
    expect(code).toBe(2)
    const unneeded = /^(?:libp2p|@libp2p\/(?:crypto|gossipsub|peer-id)|@noble\/.*)$/
    expect([...packages].filter((name) => unneeded.test(name))).toEqual([])
  })

  it('loads nothing of the DHT for a peer whose address is known', () => {
    for (const command of ['dial', 'identify', 'ping -c 1']) {
      const { code, modules } = loadedBy([...command.split(' '), '--network', '/test/kad/1.0.0', listener.tcp])
      expect(code).toBe(0)
      expect(modules.filter((url) => /kad|find-peer|locate-peer|bootstrap\/|@libp2p\/record/.test(url))).toEqual([])
    }
  })

  it('loads no more than its flags name', () => {
    const flags = ['--transport', 'tcp', '--security', 'noise', '--muxer', 'yamux']
    const loaded = loadedBy(['ping', '-c', '1', ...flags, listener.tcp])
    expect(loaded.code).toBe(0)
    expect(chosen(loaded)).toEqual(['@libp2p/tcp', '@libp2p/noise', '@libp2p/yamux'])
  })

  it('that checks what it resolved loads what its leaves need', () => {
    const loaded = loadedBy(['maddr', 'resolve', '--check', listener.tcp])
    expect(loaded.code).toBe(0)
    expect(chosen(loaded)).toContain('@libp2p/tcp')
    const unneeded = ['@libp2p/websockets', 'ws', '@chainsafe/libp2p-quic', '@libp2p/circuit-relay-v2', '@libp2p/tls']
    expect(unneeded.filter((name) => loaded.packages.has(name))).toEqual([])
  })

  it('over QUIC loads neither TCP nor WebSockets', () => {
    const loaded = loadedBy(['ping', '-c', '1', listener.quic])
    expect(loaded.code).toBe(0)
    expect(chosen(loaded)).toContain('@chainsafe/libp2p-quic')
    for (const name of ['@libp2p/tcp', '@libp2p/websockets', 'ws']) expect(loaded.packages.has(name)).toBe(false)
  })

  it('that listens loads its transports only', () => {
    const loaded = loadedBy(['listen', '--for', '1ms', '--transport', 'tcp', '--security', 'tls', '--muxer', 'yamux'])
    expect(loaded.code).toBe(0)
    expect(chosen(loaded)).toEqual(['@libp2p/tcp', '@libp2p/tls', '@libp2p/yamux'])
  })
})
