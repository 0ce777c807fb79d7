import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Certificate, localCertificate } from '../support/certificate.ts'
import { only, run, scratchFile, scratchPath } from '../support/cli.ts'
import { coalescingProxy } from '../support/coalescing-proxy.ts'
import { type Listener, startListener } from '../support/listener.ts'

describe('p2p dial over secure WebSockets', () => {
  let tls: Certificate
  let listener: Listener
  beforeAll(async () => {
    tls = localCertificate()
    listener = await startListener(['--transport', 'ws', '--tls-cert', tls.cert, '--tls-key', tls.key])
  })

  it('trusts the authority of --tls-ca, by address and by name, in both spellings', async () => {
    expect(listener.ws).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/tls\/ws\/p2p\//)
    const named = listener.ws.replace('/ip4/127.0.0.1', '/dns4/localhost')
    for (const target of [listener.ws, named, listener.ws.replace('/tls/ws', '/wss')]) {
      const { code, records, stderr } = await run(['dial', '--json', '--tls-ca', tls.cert, target])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const dialed = only(records, 'dialed')
      expect(dialed).toMatchObject({ peer: listener.peerId, transport: 'ws', security: '/noise' })
    }
  })

  it('refuses a certificate that it does not know, and says what to do', async () => {
    const { code, records } = await run(['dial', '--json', listener.ws])
    expect(code).toBe(5)
    const { error } = only(records, 'error')
    expect(error).toMatchObject({
      code: 'security',
      layer: 'security',
      message: expect.stringContaining('certificate'),
    })
    expect(error.suggestions.join()).toContain('--tls-ca')
  })

  it('refuses a certificate of another authority', async () => {
    const { code } = await run(['dial', '--tls-ca', localCertificate().cert, listener.ws])
    expect(code).toBe(5)
  })

  it('serves wss only with both certificate and key, and reads them', async () => {
    expect((await run(['listen', '--tls-cert', tls.cert])).code).toBe(2)
    expect((await run(['listen', '/ip4/127.0.0.1/tcp/0/tls/ws'])).code).toBe(2)
    const unreadable = ['listen', '--for', '1ms', '--tls-cert', tls.cert, '--tls-key']
    expect((await run([...unreadable, scratchPath('absent.pem')])).code).toBe(7)
    expect((await run([...unreadable, scratchFile('no key')])).code).toBe(7)
  })
})

describe('p2p dial in a private network', () => {
  const secret = randomBytes(32)
  const swarmKey = (encoding: string, body: string | Uint8Array) =>
    scratchFile(Buffer.concat([Buffer.from(`/key/swarm/psk/1.0.0/\n/${encoding}/\n`), Buffer.from(body)]), 'swarm.key')
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener(['--psk', swarmKey('base16', secret.toString('hex'))])
  })

  it('leaves QUIC out of what is listened on', () => {
    expect(listener.addresses).toHaveLength(2)
    expect(listener.quic).toBe('')
  })

  it.each([
    ['base16', `${secret.toString('hex')}\n`],
    ['base64', secret.toString('base64')],
    ['bin', secret],
  ])('reads a swarm.key in /%s/', async (encoding, body) => {
    const psk = swarmKey(encoding, body)
    for (const target of [listener.tcp, listener.ws]) {
      const { code, records } = await run(['dial', '--json', '--psk', psk, target])
      expect(code).toBe(0)
      expect(only(records, 'dialed')).toMatchObject({ peer: listener.peerId, security: '/noise' })
    }
  })

  it('hears what a WebSocket server sends together with its answer to the upgrade', async () => {
    const psk = swarmKey('bin', secret)
    const { code } = await run(['dial', '--timeout', '5s', '--psk', psk, await coalescingProxy(listener.ws)])
    expect(code).toBe(0)
  })

  it('takes the file from P2P_PSK', async () => {
    const env = { P2P_PSK: swarmKey('base64', secret.toString('base64')) }
    const { code, records } = await run(['ping', '--json', '-c', '1', listener.tcp], { env })
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ received: 1 })
  })

  it('cannot be over QUIC, by flag or by address', async () => {
    const psk = ['--psk', swarmKey('bin', secret)]
    expect((await run(['dial', ...psk, '--transport', 'quic,tcp', listener.tcp])).code).toBe(2)
    const quic = await run(['dial', '--json', ...psk, '/ip4/127.0.0.1/udp/1/quic-v1'])
    expect(quic.code).toBe(2)
    expect(only(quic.records, 'error').error.message).toContain('QUIC')
    expect((await run(['listen', ...psk, '/ip4/127.0.0.1/udp/0/quic-v1'])).code).toBe(2)
  })
})
