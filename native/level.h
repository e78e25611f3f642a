/*
 * Level of int16 samples in dBm0, DC offset and clipping. 0 dBm0 is 3.14 dB below a full-scale sine (ITU-T G.711,
 * A-law), full scale being 32768.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it.
 */

typedef struct gw_level {
    int64_t sum_of_squares;
    int64_t n;
    int32_t peak; /* largest magnitude */
    int64_t sum;
    int64_t clipped; /* samples of at least 32124 either way, the largest that u-law can say (ITU-T G.711) */
} gw_level;

void gw_level_reset(gw_level *level);
void gw_level_add(gw_level *level, const int16_t *samples, int64_t n);
/* RMS of all samples since the reset; -99 for digital silence and for none. */
float gw_level_rms_dbm0(const gw_level *level);
/* The same without the mean, which no ear hears. */
float gw_level_ac_dbm0(const gw_level *level);
/* Level of a sine with the same peak; -99 as above. */
float gw_level_peak_dbm0(const gw_level *level);
/* The mean in LSB, 0 for no samples. */
float gw_level_dc(const gw_level *level);
