package main

import (
	"context"
	"strconv"
	"time"

	"github.com/ipfs/boxo/ipns"
	"github.com/ipfs/boxo/path"
)

// ipnsCreate signs a record of the peer's own name.
func (n *node) ipnsCreate(_ context.Context, req request) (any, error) {
	value, err := path.NewPath(req.Path)
	if err != nil {
		return nil, err
	}
	sequence, err := strconv.ParseUint(req.Sequence, 10, 64)
	if err != nil {
		return nil, err
	}
	key := n.host.Peerstore().PrivKey(n.host.ID())
	record, err := ipns.NewRecord(key, value, sequence, time.Now().Add(time.Hour), time.Minute)
	if err != nil {
		return nil, err
	}
	encoded, err := ipns.MarshalRecord(record)
	if err != nil {
		return nil, err
	}
	return map[string]any{"key": ipns.NameFromPeer(n.host.ID()).RoutingKey(), "record": encoded}, nil
}

func ipnsRead(_ *node, _ context.Context, req request) (any, error) {
	name, err := ipns.NameFromRoutingKey(req.Key)
	if err != nil {
		return nil, err
	}
	record, err := ipns.UnmarshalRecord(req.Value)
	if err != nil {
		return nil, err
	}
	if err := ipns.ValidateWithName(record, name); err != nil {
		return nil, err
	}
	value, err := record.Value()
	if err != nil {
		return nil, err
	}
	sequence, err := record.Sequence()
	if err != nil {
		return nil, err
	}
	return map[string]any{"path": value.String(), "sequence": strconv.FormatUint(sequence, 10)}, nil
}
