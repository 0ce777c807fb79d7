package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
)

const echoProtocol = "/echo/1.0.0"

// node is the running peer: its host, and what it has been told about its connections.
type node struct {
	host            host.Host
	out             *lines
	identifications sync.Map // by network.Conn
	dht             *dht.IpfsDHT
	pubSub          *pubSub
}

func newNode(h host.Host, out *lines) (*node, error) {
	n := &node{host: h, out: out}
	events, err := h.EventBus().Subscribe([]any{
		new(event.EvtPeerIdentificationCompleted),
		new(event.EvtPeerIdentificationFailed),
	})
	if err != nil {
		return nil, err
	}
	go n.watch(events)
	h.SetStreamHandler(echoProtocol, serveEcho)
	return n, nil
}

// takePart adds the services that are asked for, before anybody can reach the host.
func (n *node) takePart(cfg hostConfig) (err error) {
	if cfg.DHT != nil {
		if n.dht, err = newDHT(n.host, *cfg.DHT); err != nil {
			return err
		}
	}
	if cfg.PubSub != nil {
		n.pubSub, err = newPubSub(context.Background(), n.host, *cfg.PubSub)
	}
	return err
}

// join makes the first contacts, which may contact the host in turn.
func (n *node) join(cfg hostConfig) error {
	if cfg.DHT == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	return cfg.DHT.join(ctx, n.dht)
}

func (n *node) tellConnections() {
	n.host.Network().Notify(&network.NotifyBundle{
		ConnectedF: func(_ network.Network, c network.Conn) { n.out.tell(describe(c)) },
		DisconnectedF: func(_ network.Network, c network.Conn) {
			n.identification(c).settle(nil, errors.New("connection closed"))
			n.identifications.Delete(c)
			n.out.tell(disconnected{"disconnected", c.RemotePeer()})
		},
	})
}

func serveEcho(s network.Stream) {
	if _, err := io.Copy(s, s); err != nil {
		s.Reset()
		return
	}
	s.Close()
}

type connected struct {
	Event     string  `json:"event"`
	Peer      peer.ID `json:"peer"`
	Direction string  `json:"direction"`
	Address   string  `json:"address"`
	Transport string  `json:"transport"`
	Security  string  `json:"security"`
	Muxer     string  `json:"muxer"`
}

type disconnected struct {
	Event string  `json:"event"`
	Peer  peer.ID `json:"peer"`
}

func describe(c network.Conn) connected {
	state := c.ConnState()
	d := connected{
		Event:     "connected",
		Peer:      c.RemotePeer(),
		Direction: strings.ToLower(c.Stat().Direction.String()),
		Address:   c.RemoteMultiaddr().String(),
		Transport: state.Transport,
		Security:  string(state.Security),
		Muxer:     string(state.StreamMultiplexer),
	}
	switch {
	case isCircuit(c.RemoteMultiaddr()): // the state of an inbound one says tcp
		d.Transport = "relay"
	case state.Transport == "websocket":
		d.Transport = "ws"
	case state.Transport == "quic-v1":
		d.Transport, d.Security, d.Muxer = "quic", "quic-tls", "quic"
	}
	return d
}

func isCircuit(a multiaddr.Multiaddr) bool {
	_, err := a.ValueForProtocol(multiaddr.P_CIRCUIT)
	return err == nil
}

// identification is what the other side of one connection said about itself, once done is closed.
type identification struct {
	done chan struct{}
	once sync.Once
	said *event.EvtPeerIdentificationCompleted
	err  error
}

func (n *node) identification(c network.Conn) *identification {
	i, _ := n.identifications.LoadOrStore(c, &identification{done: make(chan struct{})})
	return i.(*identification)
}

// settle keeps the first outcome: a later push may leave fields out.
func (i *identification) settle(said *event.EvtPeerIdentificationCompleted, err error) {
	i.once.Do(func() {
		i.said, i.err = said, err
		close(i.done)
	})
}

func (i *identification) wait(ctx context.Context) (*event.EvtPeerIdentificationCompleted, error) {
	select {
	case <-i.done:
		return i.said, i.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *node) watch(events event.Subscription) {
	for e := range events.Out() {
		switch e := e.(type) {
		case event.EvtPeerIdentificationCompleted:
			n.identification(e.Conn).settle(&e, nil)
		case event.EvtPeerIdentificationFailed:
			for _, c := range n.host.Network().ConnsToPeer(e.Peer) {
				n.identification(c).settle(nil, e.Reason)
			}
		}
	}
}
