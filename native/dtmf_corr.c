/* Correlation of one block with the eight tones, in int16: cosines meet the even part of the block, sines the odd
   part, so 16 products do the work of 32. SSE2 or NEON where the compiler has them, the same sums in plain C
   elsewhere; all arithmetic up to the last conversion is on integers, so every build gives the same result. */
#include "dtmf_internal.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

enum { HALF = GW_DTMF_BLOCK / 2, TONES = 9 };

/* Rounded 5600 * cos and 5600 * sin of 2 pi f (n + 1/2) / 8000, n = 0..15. The cosines have their mean taken off,
   so that a constant gives exactly nothing. With halved samples the sum of a whole block stays below 2^31. */
static const int16_t gw_table[TONES][2][HALF] __attribute__((aligned(16))) = {
    {{4991, 3416, 725, -2295, -4761, -5952, -5521, -3593, -732, 2226, 4417, 5200, 4346, 2105, -868, -3704},
     {1514, 4099, 5486, 5270, 3513, 730, -2266, -4601, -5590, -4946, -2856, 68, 2973, 5008, 5580,
      4521}}, /* 697 Hz */
    {{5492, 3596, 476, -2761, -4967, -5359, -3798, -838, 2471, 4955, 5734, 4530, 1772, -1564, -4292, -5447},
     {1668, 4411, 5590, 4786, 2284, -1028, -3975, -5513, -5095, -2870, 374, 3484, 5359, 5333, 3415,
      286}}, /* 770 Hz */
    {{5800, 3519, -60, -3393, -5042, -4296, -1477, 2199, 5147, 6096, 4635, 1396, -2225, -4666, -4874, -2759},
     {1839, 4724, 5571, 4015, 728, -2873, -5235, -5339, -3140, 413, 3788, 5530, 4886, 2135, -1537,
      -4546}}, /* 852 Hz */
    {{5549, 2824, -1203, -4433, -5178, -3051, 839, 4462, 5927, 4471, 852, -3040, -5176, -4440, -1216, 2813},
     {2023, 5012, 5387, 2950, -1026, -4466, -5577, -3777, -7, 3767, 5575, 4474, 1039, -2939, -5383,
      -5018}}, /* 941 Hz */
    {{4792, 629, -4218, -5697, -2571, 2546, 5377, 3556, -1395, -5338, -4976, -613, 4105, 5234, 1830, -3261},
     {2560, 5540, 3889, -1013, -5068, -4887, -621, 4164, 5468, 2202, -2905, -5584, -3595, 1399, 5224,
      4682}}, /* 1209 Hz */
    {{5155, 291, -4556, -4521, 361, 5190, 5119, 220, -4590, -4485, 431, 5224, 5083, 150, -4624, -4448},
     {2805, 5600, 2775, -2835, -5600, -2744, 2866, 5599, 2713, -2896, -5599, -2682, 2926, 5598, 2651,
      -2956}}, /* 1336 Hz */
    {{4775, -852, -5347, -3308, 2814, 5665, 1819, -4102, -4986, 230, 5279, 4096, -1899, -5503, -2387, 3706},
     {3069, 5520, 1339, -4450, -4893, 542, 5327, 3712, -2362, -5598, -2108, 3914, 5235, 266, -5022,
      -4277}}, /* 1477 Hz */
    {{4196, -2227, -5879, -1532, 4592, 3726, -2890, -5786, -816, 4905, 3188, -3509, -5600, -91, 5131, 2592},
     {3350, 5255, -363, -5461, -2742, 3902, 4960, -1082, -5575, -2088, 4388, 4583, -1783, -5596, -1399,
      4801}}, /* 1633 Hz */
    {{6595, 6053, 5024, 3606, 1940, 188, -1478, -2896, -3926, -4467, -4467, -3926, -2896, -1478, 188, 1940},
     {876, 2542, 3960, 4990, 5531, 5531, 4990, 3960, 2542, 876, -876, -2542, -3960, -4990, -5531,
      -5531}}, /* 400 Hz */
};

static const float SCALE = 2.0F / 5600.0F;                   /* table amplitude, and the halved samples */
static const float DIAL_COS = 13.8936F, DIAL_SIN = 16.9516F; /* energy of the two 400 Hz tables, amplitude 1 */

#if defined(__SSE2__)

static __m128i reverse8(__m128i v) {
    v = _mm_shufflelo_epi16(v, _MM_SHUFFLE(0, 1, 2, 3));
    v = _mm_shufflehi_epi16(v, _MM_SHUFFLE(0, 1, 2, 3));
    return _mm_shuffle_epi32(v, _MM_SHUFFLE(1, 0, 3, 2));
}

static __m128i dot16(__m128i a, __m128i b, const int16_t table[HALF]) {
    const __m128i *t = (const __m128i *)(const void *)table;
    return _mm_add_epi32(_mm_madd_epi16(a, _mm_load_si128(t)), _mm_madd_epi16(b, _mm_load_si128(t + 1)));
}

/* Lane k of the answer is the sum over the lanes of v[k]. */
static __m128i sum4(__m128i v0, __m128i v1, __m128i v2, __m128i v3) {
    __m128i a = _mm_add_epi32(_mm_unpacklo_epi32(v0, v1), _mm_unpackhi_epi32(v0, v1));
    __m128i b = _mm_add_epi32(_mm_unpacklo_epi32(v2, v3), _mm_unpackhi_epi32(v2, v3));
    return _mm_add_epi32(_mm_unpacklo_epi64(a, b), _mm_unpackhi_epi64(a, b));
}

void gw_dtmf_correlate(const int16_t x[GW_DTMF_BLOCK], gw_block_sums *out) {
    const __m128i *p = (const __m128i *)(const void *)x;
    __m128i x0 = _mm_srai_epi16(_mm_loadu_si128(p), 1), x1 = _mm_srai_epi16(_mm_loadu_si128(p + 1), 1);
    __m128i x2 = _mm_srai_epi16(_mm_loadu_si128(p + 2), 1), x3 = _mm_srai_epi16(_mm_loadu_si128(p + 3), 1);
    __m128i r0 = reverse8(x0), r1 = reverse8(x1);
    __m128i e0 = _mm_add_epi16(x2, r1), e1 = _mm_add_epi16(x3, r0);
    __m128i o0 = _mm_sub_epi16(x2, r1), o1 = _mm_sub_epi16(x3, r0);
    __m128 scale = _mm_set1_ps(SCALE), minus = _mm_set1_ps(-SCALE);
    for (int k = 0; k < 8; k += 4) {
        __m128i c = sum4(dot16(e0, e1, gw_table[k][0]), dot16(e0, e1, gw_table[k + 1][0]),
                         dot16(e0, e1, gw_table[k + 2][0]), dot16(e0, e1, gw_table[k + 3][0]));
        __m128i s = sum4(dot16(o0, o1, gw_table[k][1]), dot16(o0, o1, gw_table[k + 1][1]),
                         dot16(o0, o1, gw_table[k + 2][1]), dot16(o0, o1, gw_table[k + 3][1]));
        _mm_storeu_ps(out->re + k, _mm_mul_ps(_mm_cvtepi32_ps(c), scale));
        _mm_storeu_ps(out->im + k, _mm_mul_ps(_mm_cvtepi32_ps(s), minus));
    }
    const __m128i one = _mm_set1_epi16(1);
    __m128i energy =
        _mm_add_epi32(_mm_srli_epi32(_mm_add_epi32(_mm_madd_epi16(x0, x0), _mm_madd_epi16(x1, x1)), 2),
                      _mm_srli_epi32(_mm_add_epi32(_mm_madd_epi16(x2, x2), _mm_madd_epi16(x3, x3)), 2));
    __m128i mean = _mm_add_epi32(_mm_madd_epi16(e0, one), _mm_madd_epi16(e1, one));
    float last[4];
    __m128i rest = sum4(dot16(e0, e1, gw_table[8][0]), dot16(o0, o1, gw_table[8][1]), mean, _mm_setzero_si128());
    _mm_storeu_ps(last, _mm_cvtepi32_ps(rest));
    __m128 wide = _mm_cvtepi32_ps(energy);
    wide = _mm_add_ps(wide, _mm_movehl_ps(wide, wide));
    wide = _mm_add_ss(wide, _mm_shuffle_ps(wide, wide, 1));
    out->total = 16.0F * _mm_cvtss_f32(wide);
    out->dial = SCALE * SCALE * (last[0] * last[0] / DIAL_COS + last[1] * last[1] / DIAL_SIN);
    out->mean = last[2] * last[2] * (4.0F / (float)GW_DTMF_BLOCK);
}

#else

static int32_t dot16(const int16_t a[HALF], const int16_t table[HALF]) {
#if defined(__ARM_NEON)
    int32x4_t acc = vmull_s16(vld1_s16(a), vld1_s16(table));
    for (int n = 4; n < HALF; n += 4)
        acc = vmlal_s16(acc, vld1_s16(a + n), vld1_s16(table + n));
    int32x2_t pair = vadd_s32(vget_low_s32(acc), vget_high_s32(acc));
    return vget_lane_s32(vpadd_s32(pair, pair), 0);
#else
    int32_t sum = 0;
    for (int n = 0; n < HALF; n++)
        sum += (int32_t)a[n] * table[n];
    return sum;
#endif
}

void gw_dtmf_correlate(const int16_t x[GW_DTMF_BLOCK], gw_block_sums *out) {
    int16_t even[HALF], odd[HALF];
    int32_t mean = 0, energy[8] = {0};
    for (int n = 0; n < HALF; n++) {
        int32_t late = x[HALF + n] >> 1, early = x[HALF - 1 - n] >> 1;
        even[n] = (int16_t)(late + early);
        odd[n] = (int16_t)(late - early);
        mean += even[n];
        energy[n % 8 / 2] += early * early; /* reversed pairs, as SSE2 adds them */
        energy[4 + n % 8 / 2] += late * late;
    }
    for (int k = 0; k < 8; k++) {
        out->re[k] = (float)dot16(even, gw_table[k][0]) * SCALE;
        out->im[k] = (float)dot16(odd, gw_table[k][1]) * -SCALE;
    }
    float c = (float)dot16(even, gw_table[8][0]), s = (float)dot16(odd, gw_table[8][1]);
    float lane[4];
    for (int n = 0; n < 4; n++)
        lane[n] = (float)((energy[3 - n] >> 2) + (energy[4 + n] >> 2));
    out->total = 16.0F * ((lane[0] + lane[2]) + (lane[1] + lane[3]));
    out->dial = SCALE * SCALE * (c * c / DIAL_COS + s * s / DIAL_SIN);
    out->mean = (float)mean * (float)mean * (4.0F / (float)GW_DTMF_BLOCK);
}

#endif

/* Half-band filter, 11 taps over 512: the images of the eight tones (6.3 to 7.4 kHz) are 41 dB down or more. */
void gw_dtmf_halve(const int16_t x[2 * GW_DTMF_BLOCK], int16_t tail[16], int16_t out[GW_DTMF_BLOCK]) {
    int16_t line[16 + 2 * GW_DTMF_BLOCK];
    for (int n = 0; n < 16; n++)
        line[n] = tail[n];
    for (int n = 0; n < 2 * GW_DTMF_BLOCK; n++)
        line[16 + n] = x[n];
    for (int n = 0; n < GW_DTMF_BLOCK; n++) {
        const int16_t *c = line + 11 + 2 * n; /* centre tap; the newest input is c[5] */
        int32_t sum = 256 * c[0] + 150 * (c[-1] + c[1]) - 25 * (c[-3] + c[3]) + 3 * (c[-5] + c[5]);
        sum = (sum + 256) >> 9;
        out[n] = (int16_t)(sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum);
    }
    for (int n = 0; n < 16; n++)
        tail[n] = line[2 * GW_DTMF_BLOCK + n];
}
