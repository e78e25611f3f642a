/* The two halves of the layout proof; 1: as declared, 0: *why says what lies otherwise. */
#ifndef GW_PJ_CHECK_H
#define GW_PJ_CHECK_H

#include "pj_abi.h"

int gw_pj_check_info(const gw_pj_functions *pj, char *why, size_t why_size);
int gw_pj_check_port(const gw_pj_functions *pj, char *why, size_t why_size);

#endif
