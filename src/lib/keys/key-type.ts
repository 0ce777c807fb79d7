/** The key types that are offered, by the names that flags and records use. */
export const keyTypes = ['ed25519', 'secp256k1', 'rsa'] as const

/** A key type that is offered. */
export type KeyType = (typeof keyTypes)[number]

/** The file formats that a private key is written in. */
export const keyFormats = ['pem', 'protobuf', 'jwk', 'raw'] as const

/** A file format of a private key. */
export type KeyFormat = (typeof keyFormats)[number]

/** Why ECDSA keys are refused; one clause that ends a message. */
export const ecdsaReason = 'ECDSA keys are not offered, since js-libp2p fails the spec’s test vectors of them'

/** Bounds of an RSA modulus in bits: those that go-libp2p and js-libp2p accept from a peer. */
export const rsaBits = { least: 2048, most: 8192 } as const
