import { describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'

const peerId = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'

/** What go-multiaddr's `multiaddr --json` prints, on one line and with a type. */
const tcp80 =
  '{"type":"multiaddr","string":"/ip4/127.0.0.1/tcp/80","stringSize":"21","packed":"0x047f000001060050","packedSize":"8",' +
  '"components":[{"string":"/ip4/127.0.0.1","stringSize":"14","packed":"0x047f000001","packedSize":"5","value":"127.0.0.1",' +
  '"rawValue":"0x7f000001","valueSize":"4","protocol":"ip4","codec":"4","uvarint":"0x04","lengthPrefix":""},' +
  '{"string":"/tcp/80","stringSize":"7","packed":"0x060050","packedSize":"3","value":"80","rawValue":"0x0050","valueSize":"2",' +
  '"protocol":"tcp","codec":"6","uvarint":"0x06","lengthPrefix":""}]}\n'

describe('p2p maddr parse', () => {
  it('prints exactly one compact line of JSON', async () => {
    const result = await run(['maddr', 'parse', '--json', '/ip4/127.0.0.1/tcp/80'])
    expect(result).toMatchObject({ code: 0, stdout: tcp80, stderr: '' })
  })

  it('takes the hexadecimal form', async () => {
    expect(await run(['maddr', 'parse', '--json', '0x047f000001060050'])).toMatchObject({ code: 0, stdout: tcp80 })
  })

  it('shows a component without a value, one with a length, and one of two bytes of code', async () => {
    const { records } = await run(['maddr', 'parse', '--json', `/ip4/1.2.3.4/udp/9/quic-v1/p2p/${peerId}`])
    const [, , quic, p2p] = only(records, 'multiaddr').components
    expect(quic).toEqual({
      string: '/quic-v1',
      stringSize: '8',
      packed: '0xcd03',
      packedSize: '2',
      value: '',
      rawValue: '0x',
      valueSize: '0',
      protocol: 'quic-v1',
      codec: '461',
      uvarint: '0xcd03',
      lengthPrefix: '',
    })
    expect(p2p).toMatchObject({ value: peerId, valueSize: '34', codec: '421', uvarint: '0xa503', lengthPrefix: '0x22' })
  })

  it.each([
    ['/ip4/127.0.0.1/tcp/80/', '/ip4/127.0.0.1/tcp/80'],
    [`/ipfs/${peerId}`, `/p2p/${peerId}`],
    ['/ip6/0:0:0:0:0:0:0:1/tcp/080', '/ip6/::1/tcp/80'],
    ['/ip4/1.2.3.4/tcp/443/wss', '/ip4/1.2.3.4/tcp/443/wss'],
  ])('normalises %s as go-multiaddr does', async (given, normal) => {
    const { code, records } = await run(['maddr', 'parse', '--json', given])
    expect([code, only(records, 'multiaddr').string]).toEqual([0, normal])
  })

  it('prints a table for people', async () => {
    const { code, stdout, stderr } = await run(['maddr', 'parse', '/ip4/127.0.0.1/udp/4001/quic-v1'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toContain('/ip4/127.0.0.1/udp/4001/quic-v1')
    expect(lines[1]?.split(/\s+/).slice(0, 3)).toEqual(['protocol', 'code', 'value'])
    expect(lines[2]?.split(/\s+/)).toEqual(['ip4', '4', '127.0.0.1', '0x047f000001'])
    expect(lines[3]?.split(/\s+/)).toEqual(['udp', '273', '4001', '0x91020fa1'])
    expect(lines[4]?.split(/\s+/)).toEqual(['quic-v1', '461', '0xcd03'])
    expect(stdout).not.toContain('\u001b')
  })

  it.each([
    ['/ip4/300.0.0.1/tcp/80', 'ip4'],
    ['/ip4/1.2.3.4/tcp/65536', 'tcp'],
    ['/ip4/1.2.3.4/tcp', 'tcp'],
    ['/nonsense/1', 'nonsense'],
    ['/p2p/hello', 'p2p'],
    ['ip4/1.2.3.4', 'ip4'],
    ['0x047f0000', '0x'],
    ['0xzz', 'hexadecimal'],
    ['', ''],
    ['/', ''],
  ])('refuses %j in one line that names the component', async (text, named) => {
    const { code, stdout, stderr } = await run(['maddr', 'parse', text])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(named)
  })

  it('goes on after a bad one, in order, and ends with 2', async () => {
    const { code, records } = await run(['maddr', 'parse', '--json', '/tcp/1', '/tcp/x', '/tcp/2', '/no'])
    expect(code).toBe(2)
    expect(records.map((record) => (record.type === 'multiaddr' ? record.string : record.type))).toEqual([
      '/tcp/1',
      'error',
      '/tcp/2',
      'error',
    ])
    expect(records[1]).toMatchObject({ input: '/tcp/x', index: 2, error: { code: 'usage', layer: 'address' } })
    expect(records[3]).toMatchObject({ input: '/no', index: 4 })
  })

  it('reads stdin where an argument is -, trims, and passes over blank lines', async () => {
    const input = '  /tcp/1  \r\n\n\t\n/tcp/bad\n\t0x060003\n/tcp/4'
    const { code, records } = await run(['maddr', 'parse', '--json', '/tcp/0', '-', '/tcp/5'], { input })
    expect(code).toBe(2)
    const shown = records.map((record) => (record.type === 'multiaddr' ? record.string : record.type))
    expect(shown).toEqual(['/tcp/0', '/tcp/1', 'error', '/tcp/3', '/tcp/4', '/tcp/5'])
  })

  it('answers a line as it comes, and leaves stdin alone unless asked', async () => {
    const running = start(['maddr', 'parse', '--json', '-'])
    running.child.stdin.write('/tcp/1\n')
    await running.record('multiaddr')
    running.child.stdin.end('/tcp/2\n')
    expect((await running.exited).records).toHaveLength(2)
    // stdin stays open, with something in it
    const other = start(['maddr', 'parse', '--json', '/tcp/1'])
    other.child.stdin.write('/tcp/9\n')
    expect((await other.exited).records).toMatchObject([{ string: '/tcp/1' }])
  })

  it.each([[[]], [['--json']]])('answers a 100 kB argument and a 1 MB line %j', async (flags) => {
    const argument = '/ip4/1.2.3.4/tcp/80'.repeat(5_200)
    const line = '/ip4/1.2.3.4/tcp/80'.repeat(52_000)
    const { code, stdout } = await run(['maddr', 'parse', ...flags, argument, '-'], { input: line, raw: true })
    expect(code).toBe(0)
    // the table for people is cut, the record is whole
    if (flags.length > 0) expect(stdout.match(/"packed":"0x0401020304"/g)).toHaveLength(57_200)
    else expect(stdout).toContain('0x0401020304')
    const bad = await run(['maddr', 'parse', ...flags, `${argument}/nonsense`, '-'], { input: `${line}/no`, raw: true })
    expect(bad.code).toBe(2)
    expect(bad.stdout.length + bad.stderr.length).toBeLessThan(10_000)
  })
})
