package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	"github.com/multiformats/go-multistream"
)

type command func(*node, context.Context, request) (any, error)

var commands = map[string]command{
	"dial":         (*node).dial,
	"identify":     (*node).identify,
	"ping":         (*node).ping,
	"echo":         (*node).echo,
	"open":         (*node).open,
	"disconnect":   (*node).disconnect,
	"generate-key": generateKey,
	"read-key":     readKey,

	"dht-put":            inDHT((*node).dhtPut),
	"dht-get":            inDHT((*node).dhtGet),
	"dht-provide":        inDHT((*node).dhtProvide),
	"dht-find-providers": inDHT((*node).dhtFindProviders),
	"dht-find-peer":      inDHT((*node).dhtFindPeer),
	"dht-closest-peers":  inDHT((*node).dhtClosestPeers),

	"ipns-create": (*node).ipnsCreate,
	"ipns-read":   ipnsRead,

	"subscribe":        inPubSub((*node).subscribe),
	"publish":          inPubSub((*node).publish),
	"await-subscriber": inPubSub((*node).awaitSubscriber),
}

// dial tries this one address, whatever else is known of the peer. A connection that is there already is the answer,
// except that a relayed one does not stand in for a direct one.
func (n *node) dial(ctx context.Context, req request) (any, error) {
	info, err := peer.AddrInfoFromString(req.Address)
	if err != nil {
		return nil, err
	}
	n.host.Peerstore().ClearAddrs(info.ID)
	n.host.Peerstore().AddAddrs(info.ID, info.Addrs, deadline)
	n.host.Network().(*swarm.Swarm).Backoff().Clear(info.ID)
	if !slices.ContainsFunc(info.Addrs, isCircuit) {
		ctx = network.WithForceDirectDial(ctx, req.Command)
	}
	conn, err := n.host.Network().DialPeer(ctx, info.ID)
	if err != nil {
		return nil, err
	}
	return describe(conn), nil
}

type identity struct {
	AgentVersion     string   `json:"agentVersion"`
	ProtocolVersion  string   `json:"protocolVersion"`
	Protocols        []string `json:"protocols"`
	ListenAddresses  []string `json:"listenAddresses"`
	ObservedAddress  string   `json:"observedAddress"`
	SignedPeerRecord bool     `json:"signedPeerRecord"`
}

func (n *node) identify(ctx context.Context, req request) (any, error) {
	conn, err := n.connection(req.Peer)
	if err != nil {
		return nil, err
	}
	said, err := n.identification(conn).wait(ctx)
	if err != nil {
		return nil, err
	}
	id := identity{
		AgentVersion:     said.AgentVersion,
		ProtocolVersion:  said.ProtocolVersion,
		Protocols:        protocol.ConvertToStrings(said.Protocols),
		ListenAddresses:  []string{},
		SignedPeerRecord: said.SignedPeerRecord != nil,
	}
	for _, a := range said.ListenAddrs {
		id.ListenAddresses = append(id.ListenAddresses, a.String())
	}
	if said.ObservedAddr != nil {
		id.ObservedAddress = said.ObservedAddr.String()
	}
	return id, nil
}

func (n *node) ping(ctx context.Context, req request) (any, error) {
	if req.Count < 1 {
		return nil, errors.New("count has to be 1 or more")
	}
	conn, err := n.connection(req.Peer)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(network.WithNoDial(ctx, req.Command))
	defer cancel()
	results := ping.Ping(ctx, n.host, conn.RemotePeer())
	var rtts []float64
	for len(rtts) < req.Count {
		pong, ok := <-results
		if !ok {
			return nil, ctx.Err()
		}
		if pong.Error != nil {
			return nil, pong.Error
		}
		rtts = append(rtts, float64(pong.RTT)/float64(time.Millisecond))
	}
	return map[string]any{"rttMs": rtts}, nil
}

func (n *node) echo(ctx context.Context, req request) (any, error) {
	if req.Bytes < 0 {
		return nil, errors.New("bytes has to be 0 or more")
	}
	s, err := n.newStream(ctx, req.Peer, echoProtocol)
	if err != nil {
		return nil, err
	}
	result, err := exchange(s, req.Bytes)
	if err != nil {
		s.Reset()
		return nil, err
	}
	s.Close()
	return result, nil
}

type echoed struct {
	Received int64 `json:"received"`
	Equal    bool  `json:"equal"`
}

func exchange(s network.Stream, size int64) (*echoed, error) {
	sent, received := sha256.New(), sha256.New()
	written := make(chan error, 1)
	go func() {
		_, err := io.Copy(s, io.TeeReader(io.LimitReader(rand.Reader, size), sent))
		written <- errors.Join(err, s.CloseWrite())
	}()
	count, err := io.Copy(received, s)
	if err != nil {
		return nil, fmt.Errorf("after %d bytes: %w", count, err)
	}
	if err := <-written; err != nil {
		return nil, err
	}
	return &echoed{count, bytes.Equal(sent.Sum(nil), received.Sum(nil))}, nil
}

func (n *node) open(ctx context.Context, req request) (any, error) {
	s, err := n.newStream(ctx, req.Peer, protocol.ID(req.Protocol))
	if err != nil {
		return nil, err
	}
	if _, err := s.Write([]byte{0}); err != nil {
		s.Reset()
		return nil, err
	}
	return struct{}{}, s.SetDeadline(time.Time{})
}

func (n *node) disconnect(_ context.Context, req request) (any, error) {
	conn, err := n.connection(req.Peer)
	if err != nil {
		return nil, err
	}
	return struct{}{}, n.host.Network().ClosePeer(conn.RemotePeer())
}

func (n *node) connection(id string) (network.Conn, error) {
	p, err := peer.Decode(id)
	if err != nil {
		return nil, err
	}
	conns := n.host.Network().ConnsToPeer(p)
	if len(conns) == 0 {
		return nil, fmt.Errorf("not connected to %s", p)
	}
	return conns[len(conns)-1], nil
}

// newStream returns once the protocol is agreed on, where host.NewStream leaves that to the first read when identify
// has named the protocol. The stream has the deadline of the command.
func (n *node) newStream(ctx context.Context, id string, proto protocol.ID) (network.Stream, error) {
	conn, err := n.connection(id)
	if err != nil {
		return nil, err
	}
	s, err := conn.NewStream(network.WithAllowLimitedConn(ctx, string(proto)))
	if err != nil {
		return nil, err
	}
	end, _ := ctx.Deadline()
	err = s.SetDeadline(end)
	if err == nil {
		err = multistream.SelectProtoOrFail(proto, s)
	}
	if err == nil {
		err = s.SetProtocol(proto)
	}
	if err != nil {
		s.Reset()
		return nil, err
	}
	return s, nil
}

var keyTypes = map[string]int{
	"ed25519":   crypto.Ed25519,
	"secp256k1": crypto.Secp256k1,
	"rsa":       crypto.RSA,
}

func generateKey(_ *node, _ context.Context, req request) (any, error) {
	keyType, ok := keyTypes[req.KeyType]
	if !ok {
		return nil, fmt.Errorf("unknown key type %q", req.KeyType)
	}
	const rsaBits = 2048
	key, public, err := crypto.GenerateKeyPair(keyType, rsaBits)
	if err != nil {
		return nil, err
	}
	id, err := peer.IDFromPublicKey(public)
	if err != nil {
		return nil, err
	}
	encoded, err := crypto.MarshalPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return map[string]any{"peerId": id, "privateKey": encoded}, nil
}

func readKey(_ *node, _ context.Context, req request) (any, error) {
	key, err := crypto.UnmarshalPrivateKey(req.PrivateKey)
	if err != nil {
		return nil, err
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return map[string]any{"peerId": id, "keyType": strings.ToLower(key.Type().String())}, nil
}
