import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { only, run, scratchPath } from '../support/cli.ts'
import { asking, closer, type KadServer, kadMessage, kadPeer, kadRecord, kadServer, network } from '../support/dht.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

const key = '/v/key'
const ms = expect.any(Number)
const cpl = expect.any(Number)
const hasGraphviz = spawnSync('dot', ['-V']).status === 0

/** A server that introduces one that has the value, and one that is not there. */
async function introducing(value = 'value'): Promise<{ first: KadServer; holder: KadServer; gone: string }> {
  const holder = await kadServer(({ type }) => kadMessage(type, kadRecord(key, value)))
  const gone = await strangerId()
  const refused = kadPeer(8, gone, `/ip4/127.0.0.1/tcp/${await refusedPort()}`)
  const first = await kadServer(({ type }) => kadMessage(type, closer(holder), refused))
  return { first, holder, gone }
}

describe('dht --tree', () => {
  it('says who introduced whom, and what became of each request, before the summary', async () => {
    const { first, holder, gone } = await introducing()
    const { code, records } = await run([
      'dht',
      'get',
      '--json',
      '--tree',
      '--quorum',
      '2',
      ...asking(first.address),
      key,
    ])
    expect(code).toBe(0)
    expect(records.map(({ type }) => type)).toEqual(['value', 'lookup-tree', 'summary'])
    const answered = { request: 'GET_VALUE', rttMs: ms, elapsedMs: ms, providers: 0 }
    const refused = { code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') }
    const by = first.peerId
    expect(only(records, 'lookup-tree')).toEqual({
      type: 'lookup-tree',
      key,
      peers: [
        { peer: first.peerId, hops: 0, cpl, requests: [{ ...answered, closer: 2, value: false }] },
        { peer: holder.peerId, by, hops: 1, cpl, requests: [{ ...answered, closer: 0, value: true }] },
        { peer: gone, by, hops: 1, cpl, requests: [{ request: 'GET_VALUE', elapsedMs: ms, error: refused }] },
      ],
    })
  })

  it('is drawn after the result', async () => {
    const { first, holder, gone } = await introducing()
    const { code, stdout, stderr } = await run(['dht', 'closest-peers', '--tree', ...asking(first.address), key])
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(
      lines
        .slice(0, 2)
        .map((line) => line.split(' ')[0])
        .toSorted(),
    ).toEqual([first.peerId, holder.peerId].toSorted())
    expect(lines[2]).toBe('lookup of /v/key: 3 of 3 peers asked')
    expect(lines[3]).toMatch(new RegExp(`^└─ ${first.peerId}  cpl \\d+  FIND_NODE  [\\d.]+ ms  2 closer$`))
    expect(lines[4]).toMatch(new RegExp(`^ {3}├─ ${holder.peerId}  cpl \\d+  FIND_NODE  [\\d.]+ ms  value$`))
    expect(lines[5]).toMatch(new RegExp(`^ {3}└─ ${gone}  cpl \\d+  FIND_NODE  unreachable: .*ECONNREFUSED`))
    expect(stderr).toMatch(/^3 asked, /)
  })

  it('goes to stderr where stdout is the bytes of the value', async () => {
    const { first } = await introducing()
    const { stdout, stderr } = await run(['dht', 'get', '--tree', '--quorum', '2', ...asking(first.address), key])
    expect(stdout).toBe('value')
    expect(stderr).toMatch(
      /^no validator has checked this value of \/v\/key\nlookup of \/v\/key: 3 of 3 peers asked\n└─ /,
    )
  })

  it('is there when nothing was found, and when the deadline came first', async () => {
    const nothing = await kadServer(({ type }) => kadMessage(type))
    const silent = await kadServer(() => undefined)
    const negative = await run(['dht', 'get', '--json', '--tree', ...asking(nothing.address), key])
    expect(negative.code).toBe(1)
    expect(negative.records.map(({ type }) => type)).toEqual(['lookup-tree', 'summary', 'error'])
    const late = await run(['dht', 'get', '--json', '--tree', '--timeout', '1s', ...asking(silent.address), key])
    expect(late.code).toBe(3)
    expect(only(late.records, 'lookup-tree').peers).toEqual([
      { peer: silent.peerId, hops: 0, cpl, requests: [{ request: 'GET_VALUE' }] },
    ])
  })

  it('names a peer that was asked at an address alone by the ID that it proved', async () => {
    const { first, holder } = await introducing()
    const bare = first.address.replace(/\/p2p\/.*/, '')
    const { records } = await run(['dht', 'get', '--json', '--tree', ...asking(bare), key])
    const { peers } = only(records, 'lookup-tree')
    expect(peers.find(({ hops }) => hops === 0)?.peer).toBe(first.peerId)
    expect(peers.find(({ peer }) => peer === holder.peerId)?.by).toBe(first.peerId)
  })

  it('shows both requests of a put, and the only one with --from', async () => {
    const server = await kadServer(({ type, record }) =>
      kadMessage(type, ...(record?.value === undefined ? [] : [kadRecord(key, record.value)])),
    )
    for (const [flags, requests] of [
      [asking(server.address), ['FIND_NODE', 'PUT_VALUE']],
      [['--network', network, '--from', server.address], ['PUT_VALUE']],
    ] as const) {
      const { code, records } = await run(['dht', 'put', '--json', '--tree', ...flags, key, 'value'])
      expect(code).toBe(0)
      const [peer] = only(records, 'lookup-tree').peers
      expect(peer?.requests.map(({ request }) => request)).toEqual(requests)
    }
    const alone = await run(['dht', 'put', '--tree', '--network', network, '--from', server.address, key, 'value'])
    expect(alone.stdout).toMatch(new RegExp(`\\n1 of 1 peers asked\\n└─ ${server.peerId}  cpl \\d+  PUT_VALUE `))
    const table = ['dht', 'routing-table', '--tree', '--network', network, '--from', server.address]
    expect((await run(table)).stdout).toMatch(new RegExp(`^1 of 1 peers asked\\n└─ ${server.peerId}  FIND_NODE `))
  })
})

describe('dht --dot', () => {
  it('writes the same tree for Graphviz, and replaces the last one', async () => {
    const { first, holder, gone } = await introducing()
    const file = scratchPath('lookup.dot')
    const args = ['dht', 'get', '--dot', file, '--quorum', '2', ...asking(first.address), key]
    for (let count = 0; count < 2; count++) {
      expect(await run(args)).toMatchObject({ code: 0, stdout: 'value' })
      expect(statSync(file).mode & 0o777).toBe(0o600)
      const dot = readFileSync(file, 'utf8')
      expect(dot).toMatch(/^digraph lookup \{\n {2}label="lookup of \/v\/key: 3 of 3 peers asked"\n/)
      for (const { peerId } of [first, holder]) expect(dot).toContain(`[label="${peerId}\\lcpl `)
      expect(dot).toMatch(new RegExp(`\\[label="${gone}.*GET_VALUE, unreachable: .*", color=red\\]`))
      expect(dot).toContain('  p0 -> p1\n')
      expect(dot).toContain('  p0 -> p2\n')
    }
  })

  it.skipIf(!hasGraphviz)('is what Graphviz draws, whatever a remote and a key say (skipped without dot)', async () => {
    const rude = await tcpServer((socket) => socket.write('\x1b[2J"]; evil [label="\\ &#27; \u202e'))
    const liar = await kadServer(({ type }) => kadMessage(type, kadPeer(8, rudeId, rude.address)))
    const rudeId = await strangerId()
    const file = scratchPath('hostile.dot')
    const hostileKey = '/v/"]\n evil -> p0 [label="\x1b]0;owned\x07&#27;&lt;\\'
    const args = ['dht', 'closest-peers', '--tree', '--dot', file, ...asking(liar.address), hostileKey]
    const { code, stdout } = await run(args)
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/\x1b|\x07|\u202e/)
    const { status, stdout: svg, stderr } = spawnSync('dot', ['-Tsvg', file], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(svg).not.toMatch(/\x1b|\x07|\u202e|&#27;/)
    expect(svg.match(/class="node"/g)).toHaveLength(2)
    expect(svg.match(/class="edge"/g)).toHaveLength(1)
  })

  it('refuses -, which is no file, as usage', async () => {
    const cwd = scratchPath()
    mkdirSync(cwd)
    const server = await kadServer(({ type }) => kadMessage(type))
    const { code, stdout, stderr } = await run(['dht', 'get', '--dot', '-', ...asking(server.address), key], { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error --dot: no picture goes to stdout/)
    expect(server.requests).toEqual([])
    expect(existsSync(join(cwd, '-'))).toBe(false)
  })

  it('that cannot be written is exit 7, after the result', async () => {
    const { first } = await introducing()
    const args = ['dht', 'get', '--json', '--dot', `${scratchPath()}/none/lookup.dot`, ...asking(first.address), key]
    const { code, records } = await run(args)
    expect(code).toBe(7)
    expect(records.map(({ type }) => type)).toEqual(['value', 'summary', 'error'])
  })
})
