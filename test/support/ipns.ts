import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { createIPNSRecordWithExpiration, marshalIPNSRecord, multihashToIPNSRoutingKey, unmarshalIPNSRecord } from 'ipns'
import { base36 } from 'multiformats/bases/base36'
import { scratchFile } from './cli.ts'
import { bytesField } from './signed-record.ts'

/** Whose records a test makes. */
export interface IpnsSigner {
  privateKey: PrivateKey
  /** its key, in a file */
  file: string
  peerId: string
  /** CIDv1 in base36 */
  name: string
  /** of its record in a DHT, as text and as bytes */
  key: string
  routingKey: Uint8Array
}

/** Makes a key, and the names that it has. */
export async function ipnsSigner(type: 'Ed25519' | 'secp256k1' | 'RSA' = 'Ed25519'): Promise<IpnsSigner> {
  const privateKey = type === 'RSA' ? await generateKeyPair(type, 2048) : await generateKeyPair(type)
  const { publicKey } = privateKey
  return {
    privateKey,
    file: scratchFile(privateKeyToProtobuf(privateKey), 'key'),
    peerId: publicKey.toString(),
    name: publicKey.toCID().toString(base36),
    key: `/ipns/${publicKey}`,
    routingKey: multihashToIPNSRoutingKey(publicKey.toMultihash()),
  }
}

/** What a record of a test says. */
export interface IpnsParts {
  value?: string
  sequence?: bigint
  expires?: string
  /** leaves the fields of the first version of the format out */
  v2?: boolean
}

/** Makes a record by the ipns package alone. */
export async function ipnsBytes({ privateKey }: IpnsSigner, parts: IpnsParts = {}): Promise<Uint8Array> {
  const { value = '/ipfs/bafkqaaa', sequence = 1n, expires = '2999-01-01T00:00:00.000000000Z', v2 = false } = parts
  const record = v2
    ? await createIPNSRecordWithExpiration(privateKey, value, sequence, expires, { v1Compatible: false })
    : await createIPNSRecordWithExpiration(privateKey, value, sequence, expires, { v1Compatible: true })
  return marshalIPNSRecord(record)
}

/** A record whose signature does not hold. */
export async function forgedIpns(signer: IpnsSigner, parts: IpnsParts = {}): Promise<Uint8Array> {
  const record = unmarshalIPNSRecord(await ipnsBytes(signer, parts))
  const signatureV2 = Uint8Array.from(record.signatureV2, (byte, index) => (index === 5 ? byte ^ 1 : byte))
  return marshalIPNSRecord({ ...record, signatureV2 })
}

/** A record that its key has signed with something else in its data; both texts have the same length. */
export async function editedIpns(signer: IpnsSigner, from: string, to: string): Promise<Uint8Array> {
  const { data: honest } = unmarshalIPNSRecord(await ipnsBytes(signer))
  const data = Buffer.from(Buffer.from(honest).toString('latin1').replace(from, to), 'latin1')
  const signatureV2 = await signer.privateKey.sign(Buffer.concat([Buffer.from('ipns-signature:'), data]))
  return Buffer.concat([bytesField(8, signatureV2), bytesField(9, data)])
}
