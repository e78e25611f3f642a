/* Saturating mix: a sum that does not fit stays at full scale, it never wraps to the other sign. */
#include <stdint.h>
#include <string.h>

#include "mix.h"
#include "simd.h"

static int16_t held(int32_t sum) {
    return (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
}

void gw_mix(const int16_t *a, const int16_t *b, int16_t *out, int64_t n) {
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) { /* all loads first: out may be a or b */
        gw_i16x8 low = gw_adds8(gw_load8(a + i), gw_load8(b + i));
        gw_i16x8 high = gw_adds8(gw_load8(a + i + 8), gw_load8(b + i + 8));
        gw_store8(out + i, low);
        gw_store8(out + i + 8, high);
    }
    for (; i < n; i++) out[i] = held(a[i] + b[i]);
}

void gw_mix_many(const int16_t *in, int64_t channels, int64_t stride, int16_t *out, int64_t n) {
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        gw_i32x4 low = {0}, high = {0};
        for (int64_t c = 0; c < channels; c++) {
            gw_i16x8 x = gw_load8(in + c * stride + i);
            low += gw_low4(x);
            high += gw_high4(x);
        }
        gw_store8(out + i, gw_narrow8(low, high));
    }
    for (; i < n; i++) {
        int32_t sum = 0;
        for (int64_t c = 0; c < channels; c++) sum += in[c * stride + i];
        out[i] = held(sum);
    }
}

void gw_mix_stereo(const int16_t *left, const int16_t *right, int16_t *out, int64_t n) {
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        gw_i16x8 l = gw_load8(left + i), r = gw_load8(right + i);
        gw_store8(out + 2 * i, gw_zip_low(l, r));
        gw_store8(out + 2 * i + 8, gw_zip_high(l, r));
    }
    for (; i < n; i++) {
        out[2 * i] = left[i];
        out[2 * i + 1] = right[i];
    }
}
