/* Level meter, pure (state, samples, n): exact integer sums, so the chunks in which samples come change nothing. */
#include <math.h>
#include <stdint.h>

#include "level.h"
#include "simd.h"

#define FULL_SCALE 32768.0
#define FULL_SCALE_SINE_DBM0 3.14 /* ITU-T G.711, A-law */
#define SILENCE_DBM0 (-99.0F)     /* one LSB is -87.2 dBm0 at its peak, so nothing audible is as low */

enum {
    CLIPPED = 32124, /* the largest magnitude of u-law (ITU-T G.711); A-law ends at 32256 */
    BLOCK = 65536    /* samples whose sums fit 32-bit lanes: 8192 rounds of 2 * 32768 at most */
};

void gw_level_reset(gw_level *level) { *level = (gw_level){0}; }

static int64_t clipped_in(const int16_t *samples, int64_t n) {
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) count += samples[i] >= CLIPPED || samples[i] <= -CLIPPED;
    return count;
}

static void add_block(gw_level *level, const int16_t *samples, int64_t n) {
    gw_u64x2 squares = {0};
    gw_i32x4 sums = {0};
    gw_i16x8 low = {0}, high = {0};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        gw_i16x8 x = gw_load8(samples + i);
        squares = gw_sum_u32(squares, gw_madd8(x, x)); /* a pair of squares is at most 2^31 */
        sums += gw_madd8(x, gw_all8(1));
        low = gw_min8(low, x);
        high = gw_max8(high, x);
    }
    int64_t square = (int64_t)(squares[0] + squares[1]), sum = (int64_t)sums[0] + sums[1] + sums[2] + sums[3];
    int32_t lowest = 0, highest = 0;
    for (int k = 0; k < 8; k++) {
        lowest = low[k] < lowest ? low[k] : lowest;
        highest = high[k] > highest ? high[k] : highest;
    }
    for (; i < n; i++) {
        int32_t x = samples[i];
        square += x * x;
        sum += x;
        lowest = x < lowest ? x : lowest;
        highest = x > highest ? x : highest;
    }
    int32_t peak = -lowest > highest ? -lowest : highest;
    level->sum_of_squares += square;
    level->sum += sum;
    level->n += n;
    level->peak = peak > level->peak ? peak : level->peak;
    if (peak >= CLIPPED) level->clipped += clipped_in(samples, n);
}

void gw_level_add(gw_level *level, const int16_t *samples, int64_t n) {
    for (; n > BLOCK; n -= BLOCK, samples += BLOCK) add_block(level, samples, BLOCK);
    add_block(level, samples, n);
}

static float dbm0_of_mean_square(double mean_square) {
    double sine_mean_square = FULL_SCALE * FULL_SCALE / 2.0;
    return (float)(10.0 * log10(mean_square / sine_mean_square) + FULL_SCALE_SINE_DBM0);
}

float gw_level_rms_dbm0(const gw_level *level) {
    if (level->sum_of_squares == 0) return SILENCE_DBM0;
    return dbm0_of_mean_square((double)level->sum_of_squares / (double)level->n);
}

float gw_level_ac_dbm0(const gw_level *level) {
    if (level->n == 0) return SILENCE_DBM0;
    double n = (double)level->n, mean = (double)level->sum / n;
    double mean_square = (double)level->sum_of_squares / n - mean * mean;
    return mean_square < 1e-6 ? SILENCE_DBM0 : dbm0_of_mean_square(mean_square); /* 1e-6: what rounding leaves */
}

float gw_level_peak_dbm0(const gw_level *level) {
    if (level->peak == 0) return SILENCE_DBM0;
    return (float)(20.0 * log10(level->peak / FULL_SCALE) + FULL_SCALE_SINE_DBM0);
}

float gw_level_dc(const gw_level *level) {
    return level->n == 0 ? 0.0F : (float)((double)level->sum / (double)level->n);
}
