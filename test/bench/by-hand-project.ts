/** A project with the stored fields of the API, its funds and its investors. */
export const project = `select p.id, p.code, p.name, p.name_en as nameEn, p.description, p.event_code as event, p.level,
    p.region_code as region, p.zone_code as zone, p.industry_code as industry, p.owner,
    (select json_group_array(json_object('id', e.id, 'name', e.name) order by i.position)
      from project_investors i join enterprises e on e.id = i.enterprise_id where i.project_id = p.id) as investors,
    p.contract_amount as contractAmount, p.contract_currency as contractCurrency,
    p.investment_yuan as investmentYuan, p.investment_estimated as investmentEstimated,
    p.contracted_funds_yuan as contractedFundsYuan, p.signed_on as signedOn, p.registered_on as registeredOn,
    p.started_on as startedOn, p.completed_on as completedOn, p.production_on as productionOn,
    p.suspended_on as suspendedOn, p.resumed_on as resumedOn, p.terminated_on as terminatedOn,
    p.agreed_start_on as agreedStartOn, p.agreed_production_on as agreedProductionOn, p.note,
    (select coalesce(sum(amount_yuan), 0) from funds_entries where project_id = p.id and received_on <= :today)
      as fundsInPlaceYuan,
    p.version, p.created_at as createdAt, p.updated_at as updatedAt, p.archived_at as archivedAt
  from projects p`;
