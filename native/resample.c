/*
 * One branch of a half-band filter is a pure delay, the other a delay of half a sample: so the output between two 8
 * kHz samples costs one FIR of 44 taps, the output on a sample nothing. Integer arithmetic: chunks change nothing.
 */
#include <stdint.h>
#include <string.h>

#include "resample.h"
#include "simd.h"

enum {
    TAPS = GW_RESAMPLE_TAPS,
    PAST = GW_RESAMPLE_PAST,
    BLOCK = 160, /* samples at 8 kHz worked on at a time, on the stack */
    LINE = PAST + BLOCK,
    UP_CENTRE = 21,   /* the delay's place in the line: just before the half sample when going up, */
    DOWN_CENTRE = 22, /* and just after it, on the other phase, when going down */
    SHIFT = 14        /* of the coefficients; the sum of their magnitudes is 2.66 * 2^14, so 32 bits hold a sum */
};

#define P(a, b) \
    { a, b, a, b, a, b, a, b }
/* Half a sample of delay, equiripple (Parks-McClellan) on 0 to 3600 Hz at 8 kHz, rounded to 2^-14. */
static const int16_t HALF_SAMPLE[TAPS / 2][8] = {
    P(-5, 8),       P(-13, 20),    P(-30, 44),    P(-61, 83),     P(-111, 145),    P(-188, 240),
    P(-304, 384),   P(-484, 613),  P(-782, 1020), P(-1379, 2006), P(-3428, 10414), P(10414, -3428),
    P(2006, -1379), P(1020, -782), P(613, -484),  P(384, -304),   P(240, -188),    P(145, -111),
    P(83, -61),     P(44, -30),    P(20, -13),    P(8, -5)};

/* Sums for the eight places from `line` on. */
GW_INLINE void half_sample8(const int16_t *line, gw_i32x4 *low, gw_i32x4 *high) {
    gw_i32x4 a = {0}, b = {0};
    for (int k = 0; k < TAPS / 2; k++) {
        gw_i16x8 c = gw_load8(HALF_SAMPLE[k]), x = gw_load8(line + 2 * k), y = gw_load8(line + 2 * k + 1);
        a += gw_madd8(gw_zip_low(x, y), c);
        b += gw_madd8(gw_zip_high(x, y), c);
    }
    *low = a;
    *high = b;
}

static void up_block(gw_upsampler *up, const int16_t *in, int32_t n, int16_t *out) {
    int16_t line[LINE + 8], pairs[16];
    memcpy(line, up->past, sizeof up->past);
    memcpy(line + PAST, in, (size_t)n * sizeof line[0]);
    memset(line + PAST + n, 0, 8 * sizeof line[0]);
    for (int32_t i = 0; i < n; i += 8) {
        gw_i32x4 low, high;
        half_sample8(line + i, &low, &high);
        gw_i16x8 between = gw_narrow8((low + (1 << (SHIFT - 1))) >> SHIFT, (high + (1 << (SHIFT - 1))) >> SHIFT);
        gw_i16x8 on = gw_load8(line + i + UP_CENTRE);
        int16_t *to = i + 8 <= n ? out + 2 * i : pairs;
        gw_store8(to, gw_zip_low(on, between));
        gw_store8(to + 8, gw_zip_high(on, between));
        if (to == pairs) memcpy(out + 2 * i, pairs, (size_t)(n - i) * 2 * sizeof pairs[0]);
    }
    memcpy(up->past, line + n, sizeof up->past);
}

void gw_upsampler_reset(gw_upsampler *up) { *up = (gw_upsampler){0}; }

void gw_upsample(gw_upsampler *up, const int16_t *in, int32_t n, int16_t *out) {
    for (; n > BLOCK; n -= BLOCK, in += BLOCK, out += 2 * BLOCK) up_block(up, in, BLOCK, out);
    up_block(up, in, n, out);
}

/* n pairs to two lines. */
static void part(const int16_t *in, int32_t n, int16_t *even, int16_t *odd) {
    int32_t i = 0;
    for (; i + 8 <= n; i += 8) {
        gw_i32x4 a, b;
        memcpy(&a, in + 2 * i, sizeof a);
        memcpy(&b, in + 2 * i + 8, sizeof b);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        gw_store8(even + i, gw_narrow8((gw_i32x4)((gw_u32x4)a << 16) >> 16, (gw_i32x4)((gw_u32x4)b << 16) >> 16));
        gw_store8(odd + i, gw_narrow8(a >> 16, b >> 16));
#else
        gw_store8(odd + i, gw_narrow8((gw_i32x4)((gw_u32x4)a << 16) >> 16, (gw_i32x4)((gw_u32x4)b << 16) >> 16));
        gw_store8(even + i, gw_narrow8(a >> 16, b >> 16));
#endif
    }
    for (; i < n; i++) {
        even[i] = in[2 * i];
        odd[i] = in[2 * i + 1];
    }
}

/* Pairs already stand in the lines after the past. */
static void down_block(gw_downsampler *down, int16_t *even, int16_t *odd, int32_t n, int16_t *out) {
    int16_t rest[8];
    memset(even + PAST + n, 0, 8 * sizeof even[0]);
    memset(odd + PAST + n, 0, 8 * sizeof odd[0]);
    for (int32_t i = 0; i < n; i += 8) {
        gw_i32x4 low, high;
        half_sample8(odd + i, &low, &high);
        gw_i16x8 on = gw_load8(even + i + DOWN_CENTRE);
        low += (gw_low4(on) << SHIFT) + (1 << SHIFT);
        high += (gw_high4(on) << SHIFT) + (1 << SHIFT);
        gw_store8(i + 8 <= n ? out + i : rest, gw_narrow8(low >> (SHIFT + 1), high >> (SHIFT + 1)));
        if (i + 8 > n) memcpy(out + i, rest, (size_t)(n - i) * sizeof rest[0]);
    }
    memcpy(down->even, even + n, sizeof down->even);
    memcpy(down->odd, odd + n, sizeof down->odd);
}

void gw_downsampler_reset(gw_downsampler *down) { *down = (gw_downsampler){0}; }

int32_t gw_downsample(gw_downsampler *down, const int16_t *in, int32_t n, int16_t *out) {
    int32_t written = 0;
    while (n > 0) {
        int16_t even[LINE + 8], odd[LINE + 8];
        memcpy(even, down->even, sizeof down->even);
        memcpy(odd, down->odd, sizeof down->odd);
        int32_t pairs = 0;
        if (down->waiting) {
            even[PAST] = down->last;
            odd[PAST] = *in++;
            n--;
            pairs = 1;
            down->waiting = 0;
        }
        int32_t more = n / 2 < BLOCK - pairs ? n / 2 : BLOCK - pairs;
        part(in, more, even + PAST + pairs, odd + PAST + pairs);
        in += 2 * more;
        n -= 2 * more;
        pairs += more;
        down_block(down, even, odd, pairs, out + written);
        written += pairs;
        if (n == 1) {
            down->last = *in;
            down->waiting = 1;
            n = 0;
        }
    }
    return written;
}
