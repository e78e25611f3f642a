/* DTMF receiver. Every block of 4 ms costs one correlation and a gate; a pair that leads the gate long enough is
   fitted by least squares over 28 ms, and only a good fit begins a digit. Blocks are counted from init, so the
   result does not depend on how the samples were cut into calls. */
#include <string.h>

#include "dtmf_internal.h"

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias)); /* anywhere in the state */

/* Turn of the eight tones in one block, 2 pi f 32 / 8000. */
static const float TURN_RE[8] = {0.236498997F, 0.876306680F,  -0.837528040F, 0.087851197F,
                                 0.514439534F, -0.556875616F, 0.837528040F,  -0.979855052F};
static const float TURN_IM[8] = {-0.971631733F, 0.481753674F, 0.546394347F,  -0.996133609F,
                                 -0.857526656F, 0.830595899F, -0.546394347F, -0.199709981F};
enum { TURNS = GW_DTMF_RATE / GW_DTMF_BLOCK }; /* in a second every tone has turned a whole number of times */

static void take_block(gw_dtmf *d, const int16_t *x) {
    const int64_t last = d->blocks++;
    const int32_t slot = gw_slot(last);
    gw_block_sums sums;
    memcpy(d->past[slot], x, sizeof d->past[slot]);
    gw_dtmf_correlate(x, &sums);
    const float rest = sums.total - sums.mean - sums.dial;
    d->energy[slot] = rest > 0.0F ? rest : 0.0F;
    d->hum[slot] = sums.mean;
    d->dial[slot] = sums.dial;
    for (int k = 0; k < 8; k += 4) {
        const v4 re = *(v4 *)&sums.re[k], im = *(v4 *)&sums.im[k];
        const v4 c = *(v4 *)&d->rot_re[k], s = *(v4 *)&d->rot_im[k];
        const v4 turn_c = *(const v4 *)&TURN_RE[k], turn_s = *(const v4 *)&TURN_IM[k];
        *(v4 *)&d->sums_re[slot][k] = re * c + im * s;
        *(v4 *)&d->sums_im[slot][k] = im * c - re * s;
        *(v4 *)&d->rot_re[k] = c * turn_c - s * turn_s;
        *(v4 *)&d->rot_im[k] = s * turn_c + c * turn_s;
    }
    if (++d->turns == TURNS) {
        d->turns = 0;
        for (int k = 0; k < 8; k++) {
            d->rot_re[k] = 1.0F;
            d->rot_im[k] = 0.0F;
        }
    }
    if (d->pair >= 0) gw_dtmf_follow(d, last);
    const int32_t pair = gw_dtmf_gate(d, last);
    if (pair >= 0) gw_dtmf_examine(d, last, pair);
}

static int32_t deliver(gw_dtmf *d, gw_dtmf_event *out, int32_t room) {
    const int32_t n = d->pending_count < room ? d->pending_count : room;
    if (n <= 0) return 0;
    memcpy(out, d->pending, (size_t)n * sizeof *out);
    d->pending_count -= n;
    memmove(d->pending, d->pending + n, (size_t)d->pending_count * sizeof *out);
    return n;
}

void gw_dtmf_init(gw_dtmf *d, int32_t sample_rate) {
    memset(d, 0, sizeof *d);
    d->sample_rate = sample_rate == 2 * GW_DTMF_RATE ? sample_rate : GW_DTMF_RATE;
    d->leader = -1;
    d->pair = -1;
    d->ended_pair = -1;
    d->below = -1;
    d->probable = -GW_DTMF_RING;
    d->third = -GW_DTMF_RING;
    for (int k = 0; k < 8; k++)
        d->rot_re[k] = 1.0F;
}

int32_t gw_dtmf_feed(gw_dtmf *d, const int16_t *x, int32_t n, gw_dtmf_event *out, int32_t out_max) {
    const int32_t whole = d->sample_rate == GW_DTMF_RATE ? GW_DTMF_BLOCK : 2 * GW_DTMF_BLOCK;
    int32_t written = d->pending_count ? deliver(d, out, out_max) : 0;
    while (n > 0) {
        if (d->fill == 0 && n >= whole && whole == GW_DTMF_BLOCK) { /* the usual way, and nothing to copy */
            take_block(d, x);
            x += whole;
            n -= whole;
            if (d->pending_count) written += deliver(d, out + written, out_max - written);
            continue;
        }
        const int32_t take = whole - d->fill < n ? whole - d->fill : n;
        const int16_t *block = x;
        if (take < whole) {
            memcpy(d->partial + d->fill, x, (size_t)take * sizeof *x);
            block = d->partial;
        }
        d->fill += take;
        x += take;
        n -= take;
        if (d->fill < whole) break;
        d->fill = 0;
        if (d->sample_rate == GW_DTMF_RATE) {
            take_block(d, block);
        } else {
            int16_t halved[GW_DTMF_BLOCK];
            gw_dtmf_halve(block, d->tail, halved);
            take_block(d, halved);
        }
        if (d->pending_count) written += deliver(d, out + written, out_max - written);
    }
    return written;
}

void gw_dtmf_feed_many(gw_dtmf *const *d, const int16_t *x, int32_t channels, int32_t stride, int32_t n,
                       gw_dtmf_event *out, int32_t *counts, int32_t out_max_each) {
    for (int32_t c = 0; c < channels; c++)
        counts[c] =
            gw_dtmf_feed(d[c], x + (ptrdiff_t)c * stride, n, out + (ptrdiff_t)c * out_max_each, out_max_each);
}
