/* Correlation of one block with the eight tones, in int16: cosines meet the even part of the block, sines the odd part,
   so 16 products do the work of 32. SSE2 or NEON where the compiler has them, the same sums in plain C elsewhere; all
   arithmetic up to the last conversion is on integers, so every build gives the same result. */
#include "dtmf_internal.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

enum { HALF = GW_DTMF_BLOCK / 2, TONES = 9 };

/* round(5792 * cos), round(5792 * sin) of 2 pi f (n + 1/2) / 8000, n = 0..15. With halved samples the
   sum of a whole block stays below 2^31. */
static const int16_t gw_table[TONES][2][HALF] __attribute__((aligned(16))) = {
    {{5576, 3947, 1163, -1960, -4510, -5743, -5296, -3302, -343, 2716, 4982, 5792, 4909, 2591, -484, -3417},
     {1566, 4239, 5674, 5450, 3634, 755, -2344, -4758, -5782, -5116, -2954, 71, 3075, 5180, 5772, 4676}},  /* 697 Hz */
    {{5529, 3568, 341, -3007, -5288, -5694, -4079, -1018, 2404, 4974, 5779, 4534, 1681, -1768, -4590, -5784},
     {1725, 4563, 5782, 4950, 2363, -1063, -4112, -5702, -5269, -2968, 386, 3604, 5543, 5516, 3532, 296}},  /* 770 Hz */
    {{5471, 3111, -590, -4037, -5743, -4971, -2056, 1747, 4796, 5776, 4266, 915, -2830, -5355, -5570, -3382},
     {1902, 4885, 5762, 4153, 753, -2972, -5415, -5522, -3248, 427, 3918, 5719, 5053, 2208, -1590, -4702}},  /* 852 Hz */
    {{5401, 2583, -1583, -4923, -5694, -3494, 529, 4276, 5792, 4285, 543, -3483, -5692, -4930, -1596, 2571},
     {2092, 5184, 5571, 3051, -1061, -4619, -5768, -3906, -7, 3896, 5767, 4628, 1074, -3040, -5568, -5190}},  /* 941 Hz */
    {{5151, 845, -4167, -5697, -2464, 2828, 5756, 3873, -1248, -5326, -4952, -439, 4441, 5608, 2088, -3178},
     {2648, 5730, 4023, -1047, -5242, -5055, -642, 4307, 5656, 2277, -3005, -5775, -3718, 1447, 5403, 4842}},  /* 1209 Hz */
    {{5013, -18, -5031, -4995, 55, 5049, 4976, -91, -5067, -4957, 127, 5084, 4938, -164, -5102, -4919},
     {2901, 5792, 2870, -2933, -5792, -2838, 2964, 5791, 2806, -2995, -5791, -2774, 3026, 5790, 2742, -3057}},  /* 1336 Hz */
    {{4845, -976, -5624, -3516, 2816, 5765, 1788, -4337, -5251, 143, 5366, 4142, -2058, -5785, -2562, 3739},
     {3174, 5709, 1385, -4603, -5061, 561, 5509, 3839, -2443, -5790, -2181, 4049, 5414, 275, -5194, -4423}},  /* 1477 Hz */
    {{4641, -2003, -5780, -1283, 5050, 4155, -2688, -5683, -543, 5374, 3598, -3329, -5491, 207, 5608, 2982},
     {3465, 5435, -375, -5648, -2836, 4036, 5130, -1119, -5767, -2160, 4539, 4740, -1844, -5788, -1447, 4966}},  /* 1633 Hz */
    {{5721, 5161, 4096, 2630, 906, -906, -2630, -4096, -5161, -5721, -5721, -5161, -4096, -2630, -906, 906},
     {906, 2630, 4096, 5161, 5721, 5721, 5161, 4096, 2630, 906, -906, -2630, -4096, -5161, -5721, -5721}},  /* 400 Hz */
};

static const float SCALE = 2.0F / 5792.0F; /* table amplitude, and the halved samples */

#if defined(__SSE2__)

static __m128i reverse8(__m128i v)
{
    v = _mm_shufflelo_epi16(v, _MM_SHUFFLE(0, 1, 2, 3));
    v = _mm_shufflehi_epi16(v, _MM_SHUFFLE(0, 1, 2, 3));
    return _mm_shuffle_epi32(v, _MM_SHUFFLE(1, 0, 3, 2));
}

static __m128i dot16(__m128i a, __m128i b, const int16_t table[HALF])
{
    const __m128i *t = (const __m128i *)(const void *)table;
    return _mm_add_epi32(_mm_madd_epi16(a, _mm_load_si128(t)), _mm_madd_epi16(b, _mm_load_si128(t + 1)));
}

/* Lane k of the answer is the sum over the lanes of v[k]. */
static __m128i sum4(__m128i v0, __m128i v1, __m128i v2, __m128i v3)
{
    __m128i a = _mm_add_epi32(_mm_unpacklo_epi32(v0, v1), _mm_unpackhi_epi32(v0, v1));
    __m128i b = _mm_add_epi32(_mm_unpacklo_epi32(v2, v3), _mm_unpackhi_epi32(v2, v3));
    return _mm_add_epi32(_mm_unpacklo_epi64(a, b), _mm_unpackhi_epi64(a, b));
}

void gw_dtmf_correlate(const int16_t x[GW_DTMF_BLOCK], gw_block_sums *out)
{
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
    __m128i energy = _mm_add_epi32(_mm_srli_epi32(_mm_add_epi32(_mm_madd_epi16(x0, x0), _mm_madd_epi16(x1, x1)), 2),
                                   _mm_srli_epi32(_mm_add_epi32(_mm_madd_epi16(x2, x2), _mm_madd_epi16(x3, x3)), 2));
    __m128i mean = _mm_add_epi32(_mm_madd_epi16(e0, one), _mm_madd_epi16(e1, one));
    float last[4];
    __m128i rest = sum4(dot16(e0, e1, gw_table[8][0]), dot16(o0, o1, gw_table[8][1]), mean, _mm_setzero_si128());
    _mm_storeu_ps(last, _mm_cvtepi32_ps(rest));
    __m128 wide = _mm_cvtepi32_ps(energy);
    wide = _mm_add_ps(wide, _mm_movehl_ps(wide, wide));
    wide = _mm_add_ss(wide, _mm_shuffle_ps(wide, wide, 1));
    out->total = 16.0F * _mm_cvtss_f32(wide);
    out->dial = (last[0] * last[0] + last[1] * last[1]) * (SCALE * SCALE * 2.0F / (float)GW_DTMF_BLOCK);
    out->mean = last[2] * last[2] * (4.0F / (float)GW_DTMF_BLOCK);
}

#else

static int32_t dot16(const int16_t a[HALF], const int16_t table[HALF])
{
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

void gw_dtmf_correlate(const int16_t x[GW_DTMF_BLOCK], gw_block_sums *out)
{
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
    out->dial = (c * c + s * s) * (SCALE * SCALE * 2.0F / (float)GW_DTMF_BLOCK);
    out->mean = (float)mean * (float)mean * (4.0F / (float)GW_DTMF_BLOCK);
}

#endif

/* Half-band filter, 11 taps over 512: the images of the eight tones (6.3 to 7.4 kHz) are 50 dB down. */
void gw_dtmf_halve(const int16_t x[2 * GW_DTMF_BLOCK], int16_t tail[16], int16_t out[GW_DTMF_BLOCK])
{
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
