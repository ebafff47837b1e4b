package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

const (
	fingerprintRounds = 60_000
	largestAmount     = 500_000
)

var errTooRisky = errors.New("the charge is too risky")

// scoreRisk refuses charges that are larger than the shop has ever had.
func scoreRisk(ctx context.Context, asked charge) error {
	ctx, span := tracer.Start(ctx, "scoreRisk")
	defer span.End()

	fingerprint := fingerprintCard(ctx, asked.Card)
	span.SetAttributes(attribute.Int64("shop.card.fingerprint", int64(fingerprint)))
	if asked.Amount > largestAmount {
		span.RecordError(errTooRisky, trace.WithStackTrace(true))
		span.SetStatus(codes.Error, errTooRisky.Error())
		return errTooRisky
	}
	return nil
}

// fingerprintCard hashes a card over and over, so that it cannot be guessed back.
func fingerprintCard(ctx context.Context, card string) uint32 {
	_, span := tracer.Start(ctx, "fingerprintCard")
	defer span.End()

	sum := sha256.Sum256([]byte(card))
	for range fingerprintRounds {
		sum = sha256.Sum256(sum[:])
	}
	return binary.BigEndian.Uint32(sum[:])
}
