import { connect, createServer, type Socket } from 'node:net'
import type { StreamHandler } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { cleanUp } from '../support/cleanup.ts'
import { only, run } from '../support/cli.ts'
import { type AnswerKad, kadMessage, kadServer, network } from '../support/dht.ts'
import { startPeer } from '../support/peer.ts'
import { listening } from '../support/servers.ts'

const asked = async (command: string, from: string, ...more: string[]) =>
  run(['dht', command, '--json', '--network', network, '--from', from, '/v/key', ...more])

describe('a value that a server does not store', () => {
  const refusing: Array<[string, AnswerKad]> = [
    ['resets the stream', (_request, stream) => void stream.abort(new Error('no'))],
    ['ends the stream', (_request, stream) => void stream.close()],
  ]
  it.each(refusing)('is refused where it %s: exit 1, with a hint', async (_name, answer) => {
    const { address, peerId } = await kadServer(answer)
    const { code, records } = await asked('put', address, 'value')
    expect(code).toBe(1)
    expect(only(records, 'stored')).toMatchObject({ acknowledged: 0, refused: [peerId] })
    expect(only(records, 'error').error).toMatchObject({
      code: 'negative',
      layer: 'protocol',
      message: 'it refused the value',
      suggestions: [expect.stringContaining('validator')],
    })
  })

  it('is not refused where it answers nonsense: exit 6', async () => {
    const { address } = await kadServer(() => kadMessage('PING'))
    const { code, records } = await asked('put', address, 'value')
    expect(code).toBe(6)
    expect(only(records, 'stored')).not.toHaveProperty('refused')
    expect(only(records, 'error').error.message).toContain('answered PUT_VALUE by PING')
  })

  it('is not refused where the connection is lost: exit 6', async () => {
    const sockets = new Set<Socket>()
    const hangUp: StreamHandler = (stream) =>
      stream.addEventListener('message', () => {
        for (const socket of sockets) socket.destroy()
      })
    const { address } = await startPeer({ handlers: { [network]: hangUp } })
    const port = /\/tcp\/(\d+)/.exec(address)?.[1] ?? ''
    const proxy = createServer((client) => {
      const behind = connect(Number(port), '127.0.0.1')
      for (const socket of [client, behind]) {
        sockets.add(socket.on('error', () => {}))
        cleanUp(() => void socket.destroy())
      }
      client.pipe(behind).pipe(client)
    })
    const through = address.replace(port, String(await listening(proxy)))
    const { code, records } = await asked('put', through, 'value')
    expect(code).toBe(6)
    expect(only(records, 'stored')).not.toHaveProperty('refused')
    expect(only(records, 'error').error).toMatchObject({ code: 'protocol', layer: 'connection' })
  })
})

it('a peer that gives the whole connection up is an answer, and not the end of the event loop', async () => {
  const hangUp: StreamHandler = (stream, connection) =>
    stream.addEventListener('message', () => connection.abort(new Error('gone')))
  const { address } = await startPeer({ handlers: { [network]: hangUp } })
  // without a timer that keeps the process alive one in six ended in 70
  for (let time = 0; time < 8; time++) expect((await asked('get', address)).code).toBe(6)
})
