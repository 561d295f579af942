//! The organisation's own subscription, paid through Stripe.

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "subscription",
    &[
        get("/api/v1/subscription", show).unbilled().needs("subscription:read"),
        post("/api/v1/subscription/checkout", checkout).unbilled().needs("subscription:write"),
        post("/api/v1/subscription/portal-session", open_portal).unbilled().needs("subscription:write"),
        post("/api/v1/subscription/change-tier", change_tier).needs("subscription:write"),
        delete("/api/v1/subscription/pending-change", cancel_change).needs("subscription:write"),
        get("/api/v1/subscription/proration-preview", preview).needs("subscription:read"),
    ],
)
.tenant(&["subscription"], begin)
.control(&[post("/checkouts/{id}/pay", pay)])
.seed(seed);

const PERIODS: [&str; 2] = ["monthly", "annual"];

/// What an organisation pays for.
#[derive(Default)]
struct Subscription {
    /// The customer record at Stripe.
    customer: Option<String>,
    plan: Option<Plan>,
    /// The tier from the next period on.
    pending: Option<Tier>,
    /// The checkout that was begun last.
    checkout: Option<Value>,
}

struct Plan {
    period: &'static str,
    /// It was cancelled and is not renewed.
    ends: bool,
}

/// Checkouts that wait at the payment provider, over the whole deployment.
#[derive(Default)]
struct Checkouts(Shelf<Checkout>);

struct Checkout {
    tenant: Uuid,
    tier: Tier,
    period: &'static str,
}

fn bad_json(why: String) -> Refusal {
    refuse(400, "BAD_JSON", why)
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn monthly_pence(tier: Tier) -> i64 {
    match tier {
        Tier::EaseIn => 4_900,
        Tier::CrackOn => 9_900,
    }
}

fn show(call: &mut Call<'_>) -> Answer {
    let tier = call.tenant()?.tier.text();
    let it = call.state::<Subscription>()?;
    ok(json!({
        "tier": tier,
        "subscribed": it.plan.is_some(),
        "period": it.plan.as_ref().map(|plan| plan.period),
        "cancel_at_period_end": it.plan.as_ref().is_some_and(|plan| plan.ends),
        "pending_tier": it.pending.map(Tier::text),
        "has_customer": it.customer.is_some(),
        "checkout": it.checkout,
    }))
}

// ---- paying

fn checkout(call: &mut Call<'_>) -> Answer {
    let body = call.json(bad_json)?;
    let text = |name| body.get(name).and_then(Value::as_str);
    let tier = text("tier").and_then(Tier::named);
    let tier = tier.ok_or_else(|| refuse(400, "BAD_TIER", "tier is ease_in or crack_on."))?;
    let period = text("period").and_then(|it| PERIODS.into_iter().find(|known| *known == it));
    let period = period.ok_or_else(|| refuse(400, "BAD_PERIOD", "period is monthly or annual."))?;
    if !call.world.profile.prices {
        return Err(refuse(503, "PRICE_NOT_CONFIGURED", "This deployment has no price for this plan."));
    }
    if call.upstream(Service::Stripe) != Mode::Working {
        return Err(refuse(503, "PROVIDER_UNAVAILABLE", "The payment provider cannot be reached."));
    }
    let (id, tenant) = (Uuid::new_v4(), call.tenant_id()?);
    call.world.state::<Checkouts>().0.insert(id, Checkout { tenant, tier, period });
    let url = format!("https://checkout.stripe.example/{id}");
    let begun = json!({ "id": id, "url": url, "tier": tier.text(), "period": period });
    let subscription = call.state::<Subscription>()?;
    subscription.customer.get_or_insert_with(|| format!("cus_{}", id.simple()));
    subscription.checkout = Some(begun.clone());
    created(begun)
}

/// At the control side: the payment provider tells that a checkout has been paid.
fn pay(call: &mut Call<'_>) -> Answer {
    let unknown = || refuse(404, "NOT_FOUND", "There is no such checkout.");
    let id = call.id()?;
    let checkout = call.world.state::<Checkouts>().0.remove(id).ok_or_else(unknown)?;
    let tenant = call.world.tenant_mut(checkout.tenant).ok_or_else(unknown)?;
    (tenant.tier, tenant.standing) = (checkout.tier, Standing::Active);
    let subscription = tenant.state::<Subscription>();
    subscription.plan = Some(Plan { period: checkout.period, ends: false });
    (subscription.pending, subscription.checkout) = (None, None);
    done()
}

fn open_portal(call: &mut Call<'_>) -> Answer {
    let customer = call.state::<Subscription>()?.customer.clone();
    let customer = customer.ok_or_else(|| refuse(400, "NO_CUSTOMER", "There is no payment customer yet."))?;
    if call.upstream(Service::Stripe) != Mode::Working {
        return Err(refuse(502, "STRIPE_ERROR", "Stripe did not open the payment portal."));
    }
    created(json!({ "url": format!("https://billing.stripe.example/{customer}/{}", Uuid::new_v4()) }))
}

// ---- changing the tier

/// A tier that is named for a change, in an organisation that has a plan to change.
fn change_to(call: &mut Call<'_>, named: Option<&str>) -> Result<Tier, Refusal> {
    let tier = named.and_then(Tier::named);
    let tier = tier.ok_or_else(|| refuse(400, "INVALID_TIER", "new_tier is ease_in or crack_on."))?;
    if call.state::<Subscription>()?.plan.is_none() {
        return Err(refuse(409, "NO_SUBSCRIPTION", "There is no paid subscription to change."));
    }
    if call.tenant()?.tier == tier {
        return Err(refuse(409, "SAME_TIER", "This is the present tier."));
    }
    Ok(tier)
}

/// A higher tier begins at once, a lower one with the next period.
fn change_tier(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let tier = change_to(call, body.get("new_tier").and_then(Value::as_str))?;
    let tenant = call.tenant()?;
    let at_once = tier > tenant.tier;
    if at_once {
        tenant.tier = tier;
    }
    call.state::<Subscription>()?.pending = (!at_once).then_some(tier);
    show(call)
}

fn cancel_change(call: &mut Call<'_>) -> Answer {
    match call.state::<Subscription>()?.pending.take() {
        Some(_) => done(),
        None => Err(refuse(409, "NO_PENDING_CHANGE", "No change is scheduled.")),
    }
}

/// What a change would cost for the rest of the period, taken from the invoice that is due next.
fn preview(call: &mut Call<'_>) -> Answer {
    let named = call.query("new_tier");
    let tier = change_to(call, named.as_deref())?;
    if call.state::<Subscription>()?.plan.as_ref().is_none_or(|plan| plan.ends) {
        return Err(refuse(422, "PRORATION_ERROR", "The subscription ends: no invoice is due that could be prorated."));
    }
    let now = call.tenant()?.tier;
    let difference = monthly_pence(tier) - monthly_pence(now);
    ok(
        json!({ "from": now.text(), "to": tier.text(), "amount_pence": difference.max(0) / 2, "next_pence": monthly_pence(tier) }),
    )
}

// ---- seeds

fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let usual = match spec.standing {
        Standing::Active | Standing::Suspended if !spec.plain => "active",
        _ => "none",
    };
    let kind = spec.text("subscription").unwrap_or(usual);
    if kind != "none" {
        let customer = Some(format!("cus_{}", tenant.slug));
        let plan = Some(Plan { period: "monthly", ends: kind == "ending" });
        *tenant.state() = Subscription { customer, plan, ..Subscription::default() };
    }
}

fn seed(seeds: &mut Seeds<'_>) {
    // Cancelled: it runs out with its period.
    seeds.tenant(&Spec::new("leaving").with("subscription", "ending"));
}
