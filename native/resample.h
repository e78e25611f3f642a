/*
 * Conversion between 8 and 16 kHz by a half-band polyphase FIR, pure (state, samples, n). What would be an image or
 * an alias of 0 to 3600 Hz is 72 dB down, the band itself is flat to 0.01 dB (telephony needs 300 to 3400 Hz, ITU-T
 * G.712).
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it. out must not overlap in. A state of zeros
 * is a fresh one.
 */

enum { GW_RESAMPLE_TAPS = 44, GW_RESAMPLE_PAST = GW_RESAMPLE_TAPS - 1 };

typedef struct {
    int16_t past[GW_RESAMPLE_PAST];
} gw_upsampler;

typedef struct {
    int16_t even[GW_RESAMPLE_PAST], odd[GW_RESAMPLE_PAST];
    int16_t last;    /* the sample that waits for its pair */
    int32_t waiting; /* 1: there is one */
} gw_downsampler;

void gw_upsampler_reset(gw_upsampler *up);
/* n samples at 8 kHz to 2 * n at 16 kHz, 44 of them (2.75 ms) late. */
void gw_upsample(gw_upsampler *up, const int16_t *in, int32_t n, int16_t *out);

void gw_downsampler_reset(gw_downsampler *down);
/* n samples at 16 kHz to n / 2 at 8 kHz, 21 of them (2.6 ms) late; returns how many: one more when a sample waited
   and n is odd. */
int32_t gw_downsample(gw_downsampler *down, const int16_t *in, int32_t n, int16_t *out);
