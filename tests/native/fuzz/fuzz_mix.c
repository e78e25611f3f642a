/* Mixing: two halves of the input; both ways of mixing agree, nothing wraps, out may be an input. */
#include "fuzz.h"

#include "mix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    int32_t n = in.n / 2;
    int16_t *a = fuzz_copy(in.samples, n), *b = fuzz_copy(in.samples + n, n);
    int16_t *out = fuzz_copy(a, n), *many = fuzz_copy(a, n), *both = malloc((size_t)n * 4 + 1);
    gw_mix(a, b, out, n);
    gw_mix_many(in.samples, 2, n, many, n);
    REQUIRE(memcmp(out, many, (size_t)n * 2) == 0);
    gw_mix_stereo(a, b, both, n);
    for (int32_t i = 0; i < n; i++) {
        int32_t sum = a[i] + b[i];
        REQUIRE(out[i] == (sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum));
        REQUIRE(both[2 * i] == a[i] && both[2 * i + 1] == b[i]);
    }
    gw_mix(a, b, a, n);
    REQUIRE(memcmp(out, a, (size_t)n * 2) == 0);
    free(both);
    free(many);
    free(out);
    free(b);
    free(a);
    free(in.samples);
    return 0;
}
