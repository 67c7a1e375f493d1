"""Global pooling among its neighbours: what it forgets, and what the maps before it keep."""

from __future__ import annotations

from convspec.spec.groups import GLOBAL

from .point import Example, Point

NIN = "Lin et al., Network in Network, arXiv:1312.4400, §3.2"
CAM = "Zhou et al., Learning Deep Features for Discriminative Localization, arXiv:1512.04150, §2"

POINTS = (
    Point(
        "position-blind", GLOBAL,
        "The result is the same for every permutation of a map's cells: it keeps nothing of where"
        " things were.",
        "f(x∘π) = f(x) for every permutation π of the positions", ("G6",),
        note="The notes say that global average pooling keeps spatial information, and doubt it"
        " themselves. It is false of the result, as this clause shows. It is true of the maps"
        " before it: the class activation map made of them says where the evidence was, and its"
        " mean is the score (global_avg_pool.activation-map).",
        examples=(
            Example("global_avg_pool x=1x1x2x2:float32:impulse@0", (1, 1), (0.25,)),
            Example("global_avg_pool x=1x1x2x2:float32:impulse@3", (1, 1), (0.25,)),
        ),
    ),
    Point(
        "any-size", GLOBAL,
        "The result has one number per map whatever the map's size; a map repeated side by side"
        " has the mean and the maximum of the one, and as many times the sum.",
        "f(x ∥ x) = f(x), for the sum 2·f(x)", (NIN, "G3"),
        note="A dense layer on the flattened map, in contrast, has a weight per position and fixes"
        " the size.",
    ),
    Point(
        "full-window", ("global_avg_pool", "global_max_pool"),
        "A global pool is a pool with one window, the size of the map.",
        "f(x) = pool(x; k = n)", ("G1", "G2"),
    ),
    Point(
        "adaptive", ("global_avg_pool", "global_max_pool"),
        "A global pool is the adaptive pool with one bin.", "f(x) = adaptive(x; o = 1)", ("G1",),
    ),
    Point(
        "as-dense", ("global_avg_pool", "global_sum_pool"),
        "A global sum is a dense layer with weights 1 on the flattened map; the mean is that"
        " divided by the number of cells.",
        "n_1·…·n_r·avg(x) = sum(x) = dense(x; 1)", ("G1", "G4", "G7"),
    ),
    Point(
        "sum-for-mean", ("global_avg_pool",),
        "The sum is the mean times the number of cells: for one size of map, either will do.",
        "sum(x) = n_1·…·n_r·avg(x)", ("G4",),
        note="They part where sizes vary: the sum grows with the map, the mean does not.",
    ),
    Point(
        "activation-map", ("global_avg_pool",),
        "A linear classifier after the mean scores a class by the mean of its class activation map:"
        " mean and 1×1 convolution commute.",
        "dense(avg(x), w) = avg(conv_1×1(x, w)), score_j = mean of Σ_c w[j, c]·x[c]",
        (CAM, "G5", "G6"),
        note="The map shows which regions raised the score of the class. It is made of the maps"
        " before the mean, not of the mean.",
    ),
    Point(
        "head", ("global_avg_pool",),
        "A mean and then a dense layer are one dense layer on the flattened maps whose weights do"
        " not depend on the position: it can stand in for a dense classifier, or before it.",
        "dense(avg(x), w) = dense(flat(x), w ⊗ 1/(n_1·…·n_r))", (NIN, "G8", "G7"),
    ),
)  # fmt: skip
