/* spandsp's G.711 in loops of its own, and how often it differs from the ITU. Compiled by tests/bench/signal.py. */
#include <stdint.h>

#include <spandsp.h>

void peer_alaw_encode(const int16_t *x, uint8_t *out, int n) {
    for (int i = 0; i < n; i++) out[i] = linear_to_alaw(x[i]);
}

void peer_ulaw_encode(const int16_t *x, uint8_t *out, int n) {
    for (int i = 0; i < n; i++) out[i] = linear_to_ulaw(x[i]);
}

void peer_alaw_decode(const uint8_t *x, int16_t *out, int n) {
    for (int i = 0; i < n; i++) out[i] = alaw_to_linear(x[i]);
}

void peer_ulaw_decode(const uint8_t *x, int16_t *out, int n) {
    for (int i = 0; i < n; i++) out[i] = ulaw_to_linear(x[i]);
}
